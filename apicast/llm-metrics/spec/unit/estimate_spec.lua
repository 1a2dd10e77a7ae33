local estimate = require('llm_metrics_estimate')
local request = require('llm_metrics_request')

local function cap(body) return estimate.cap(request.read(body)) end

describe('the most that a request lets the model write', function()
  for body, expected in pairs({
    ['{"max_tokens":50}'] = 50, ['{"max_tokens":50,"max_completion_tokens":60}'] = 60,
    ['{"max_completion_tokens":1,"max_tokens":60}'] = 60, ['{"max_output_tokens":7,"max_tokens":3}'] = 7,
    ['{"max_tokens":"50"}'] = 50, ['{"max_tokens":" 5_000 "}'] = 5000, ['{"max_tokens":"+5e1"}'] = 50, ['{"max_tokens":"5\\u0030"}'] = 50,
    ['{"max_tokens":50.0}'] = 50, ['{"max_tokens":49.5}'] = 50, ['{"max_tokens":5e1}'] = 50, ['{"max_tokens":true}'] = 1,
    ['{"max_tokens":500,"max_tokens":1}'] = 500, ['{"max_tokens":1,"Max_Tokens":500}'] = 500, ['{"max_tokens":5,"max_tokens":null}'] = 5,
    ['{"max_tokens":10,"n":1,"N":3}'] = 30, ['{"OPTIONS":{"num_predict":20}}'] = 20,
    ['{"max_tokens":10,"n":3}'] = 30, ['{"max_tokens":10,"n":2,"best_of":4}'] = 40, ['{"max_tokens":10,"n":"3.0"}'] = 30,
    ['{"max_tokens":10,"n":0,"best_of":-1}'] = 10, ['{"max_tokens":10,"n":null}'] = 10,
    ['{"inputs":"","parameters":{"max_new_tokens":20}}'] = 20, ['{"options":{"num_predict":20}}'] = 20, ['{"n_predict":20}'] = 20,
    ['{"max_tokens":1e400}'] = 2 ^ 53, ['{"max_tokens":"1e400"}'] = 2 ^ 53, ['{"max_tokens":1e300,"n":1e300}'] = 2 ^ 53,
    ['{"max_tokens":99999999999999999999}'] = 2 ^ 53, ['{"max_tokens":9,"max_output_tokens":{}}'] = 9,
  }) do
    it('is ' .. expected .. ' for ' .. body, function() assert.equal(expected, cap(body)) end)
  end

  for _, body in ipairs({ '{}', '{"max_tokens":null}', '{"max_tokens":-1}', '{"max_tokens":0}', '{"max_tokens":false}', '{"max_tokens":[9]}',
    '{"max_tokens":"many"}', '{"max_tokens":"0x10"}', '{"max_tokens":"nan"}', '{"max_tokens":""}', '{"max_tokens":"-inf"}', '{"n":3}',
    '{"options":[]}' }) do
    it('is not said by ' .. body, function() assert.is_nil(cap(body)) end)
  end
end)
