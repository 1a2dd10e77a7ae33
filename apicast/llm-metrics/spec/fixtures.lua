-- Replies of the APIs, and what they cost.
local directory = debug.getinfo(1, 'S').source:match('^@(.*)/[^/]*$')

local function read(name)
  local file = assert(io.open(directory .. '/' .. name, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end

local function fixture(file, model, numbers, path)
  return { file = file, text = read(file), model = model, numbers = numbers, path = path or '/v1/chat/completions' }
end

local chat = { prompt_tokens = 19, completion_tokens = 21, total_tokens = 40, cached_tokens = 16 }
local completion = { prompt_tokens = 5, completion_tokens = 2, total_tokens = 7 }
local responses = { prompt_tokens = 36, completion_tokens = 87, total_tokens = 123, cached_tokens = 4, reasoning_tokens = 64 }
local messages = { prompt_tokens = 310, completion_tokens = 30, total_tokens = 340, cached_tokens = 200 }
local transcription = { prompt_tokens = 14, completion_tokens = 45, total_tokens = 59 }

return {
  read = read,
  replies = {
    fixture('replies/chat.json', 'granite-7b-instruct',
      { prompt_tokens = 19, completion_tokens = 21, total_tokens = 40, cached_tokens = 16, reasoning_tokens = 5 }),
    fixture('replies/completion.json', 'mistral-7b', { prompt_tokens = 5, completion_tokens = 7, total_tokens = 12 }, '/v1/completions'),
    fixture('replies/responses.json', 'gpt-oss-20b', responses, '/v1/responses'),
    fixture('replies/messages.json', 'claude-like', messages, '/v1/messages'),
    fixture('replies/embeddings.json', 'nomic-embed-text-v1.5',
      { prompt_tokens = 8, completion_tokens = 0, total_tokens = 8 }, '/v1/embeddings'),
    fixture('replies/rerank-vllm.json', 'bge-reranker', { total_tokens = 56 }, '/v1/rerank'),
    fixture('replies/rerank-cohere.json', nil,
      { prompt_tokens = 44, completion_tokens = 0, total_tokens = 44, search_units = 1 }, '/v2/rerank'),
    fixture('replies/rerank-tei.json', nil, nil, '/rerank'),
    fixture('replies/transcription-tokens.json', nil, transcription, '/v1/audio/transcriptions'),
    fixture('replies/transcription-seconds.json', nil, { seconds = 9 }, '/v1/audio/transcriptions'),
    fixture('replies/images.json', nil,
      { prompt_tokens = 50, completion_tokens = 4160, total_tokens = 4210, images = 3 }, '/v1/images/generations'),
    fixture('replies/images-without-usage.json', nil, { images = 2 }, '/v1/images/generations'),
    fixture('replies/error.json', nil, nil),
    fixture('replies/tokenize.json', nil, nil, '/tokenize'),
  },
  streams = {
    fixture('streams/chat.sse', 'granite-7b-instruct', chat),
    fixture('streams/completion-continuous.sse', 'mistral-7b', completion, '/v1/completions'),
    fixture('streams/responses.sse', 'gpt-oss-20b', responses, '/v1/responses'),
    fixture('streams/responses-incomplete.sse', 'gpt-oss-20b',
      { prompt_tokens = 6, completion_tokens = 16, total_tokens = 22 }, '/v1/responses'),
    fixture('streams/messages.sse', 'claude-like', messages, '/v1/messages'),
    fixture('streams/transcription.sse', nil, transcription, '/v1/audio/transcriptions'),
    fixture('streams/awkward.sse', 'granite-7b-instruct',
      { prompt_tokens = 19, completion_tokens = 21, total_tokens = 40 }),
  },
}
