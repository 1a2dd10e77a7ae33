local cjson = require('cjson')

local function read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end

local function files()
  local list = {}
  local pipe = io.popen('ls *.lua')
  for name in pipe:lines() do list[#list + 1] = name end
  pipe:close()
  return list
end

describe('what ships', function()
  it('are flat files, small enough for a Secret', function()
    local bytes = #read('apicast-policy.json')
    for _, name in ipairs(files()) do
      assert.is_truthy(name:match('^[%w._-]+$'))
      bytes = bytes + #read(name)
    end
    assert(bytes < 512 * 1024, bytes .. ' bytes')
  end)

  it('requires nothing but its own files, by names of its own, and what a gateway has', function()
    local own, gateway = {}, { ffi = true, cjson = true, ['cjson.safe'] = true, ['resty.lrucache'] = true, ['resty.http_ng'] = true,
      ['resty.http_ng.backend.resty'] = true, ['ngx.semaphore'] = true, ['resty.env'] = true }
    for _, name in ipairs(files()) do
      own[name:sub(1, -5)] = true
      assert.message(name).is_truthy(name == 'init.lua' or name:match('^llm_metrics'))
    end
    for _, file in ipairs(files()) do
      for module in read(file):gmatch("require%('([^']+)'%)") do
        assert.message(file .. ' requires ' .. module).is_truthy(own[module] or gateway[module] or module:match('^apicast%.'))
      end
    end
  end)

  it('is Lua 5.1 and sets no global variables', function()
    for _, name in ipairs(files()) do
      assert(loadstring(read(name), name))
      local pipe = io.popen('luajit -bl ' .. name .. ' 2>&1')
      local code = pipe:read('*a')
      pipe:close()
      assert.message(name).is_nil(code:find('GSET', 1, true))
    end
  end)

  it('has a manifest that 3scale takes, of the version that the policy says', function()
    local text = read('apicast-policy.json')
    local manifest = cjson.decode(text)
    assert.is_nil(text:find('"$id"', 1, true))
    assert(#manifest.summary <= 75)
    assert.equal('http://apicast.io/policy-v1.1/schema#', manifest['$schema'])
    assert.is_truthy(manifest.version:match('^%d+%.%d+$'))
    assert.equal(manifest.version, read('llm_metrics.lua'):match("policy%.new%('[^']+', '([^']+)'%)"))
    -- The gateway looks the name of a policy with an order up among its own: for another it finds none, and doesn't start.
    assert.is_nil(manifest.order)
  end)

  it('has every option in the manifest, with the default that holds', function()
    local properties = cjson.decode(read('apicast-policy.json')).configuration.properties
    local defaults = read('llm_metrics_config.lua'):match('local DEFAULTS = (%b{})')
    local known = { rules = true, metrics = true, enforce = true, include_usage_paths = true, model_paths = true, max_prompt_bytes = true, application_lookup = true,
      enable_sse_support = true, upstream_authorization = true }
    for name, default in pairs(assert(loadstring('return ' .. defaults))()) do
      known[name] = true
      assert.message(name).equal(default, (properties[name] or {}).default)
    end
    for name in pairs(properties) do assert.message(name).is_true(known[name]) end
  end)

  it('has the same names of numbers in the manifest as in the code', function()
    local names = {}
    for _, name in ipairs(cjson.decode(read('apicast-policy.json')).configuration.definitions.field.enum) do names[name] = true end
    assert.same(require('llm_metrics_usage').fields, names)
  end)
end)
