-- Stand-ins of model servers: they send what a test tells them to, in exactly these pieces, and note what they got.
local cjson = require('cjson')

local _M = {}

local recipes, seen = {}, {}

function _M.control()
  ngx.req.read_body()
  local change = cjson.decode(ngx.req.get_body_data())
  for name, recipe in pairs(change) do recipes[name] = recipe end
  ngx.say('{}')
end

function _M.show()
  ngx.say(cjson.encode(seen))
  seen = {}
end

local function note()
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  if not body and ngx.req.get_body_file() then
    local file = io.open(ngx.req.get_body_file(), 'rb')
    body = file:read('*a')
    file:close()
  end
  seen[#seen + 1] = {
    method = ngx.req.get_method(), uri = ngx.var.request_uri, headers = ngx.req.get_headers(0),
    body = ngx.encode_base64(body or ''),
  }
  if #seen > 200 then table.remove(seen, 1) end
end

local function send(piece)
  ngx.print(piece)
  return ngx.flush(true)
end

-- recipe: status, headers, pieces: list of text, or {wait = seconds}, or {text =, times =}, or {reset = true};
-- a piece with base64 = true is decoded
function _M.serve()
  local recipe = recipes[ngx.var.http_x_recipe or 'json'] or { status = 404 }
  if not recipe.quiet then note() else ngx.req.discard_body() end
  ngx.status = recipe.status or 200
  for name, value in pairs(recipe.headers or {}) do ngx.header[name] = value end
  if recipe.type ~= false then ngx.header.content_type = recipe.type or 'application/json' end
  for _, piece in ipairs(recipe.pieces or {}) do
    if type(piece) == 'string' then
      send(piece)
    elseif piece.wait then
      ngx.sleep(piece.wait)
    elseif piece.reset then
      return ngx.exit(444)
    else
      local text = piece.base64 and ngx.decode_base64(piece.text) or piece.text
      for _ = 1, piece.times or 1 do
        if not send(text) then return end
      end
    end
  end
end

return _M
