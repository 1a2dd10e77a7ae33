// What the Node clients openai and @anthropic-ai/sdk make of the gateway: prints one JSON object, step -> outcome.
//
// Usage: clients.mjs MODULES URL STEP...; MODULES is the folder that has node_modules. Each step is a function below.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [modules, url, ...steps] = process.argv.slice(2);
const require = createRequire(`${resolve(modules)}/`);
const OpenAI = require('openai');
const Anthropic = require('@anthropic-ai/sdk');

const messages = [{ role: 'user', content: 'Hi' }];
const gpt = (recipe, options) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key-one', defaultHeaders: { 'X-Recipe': recipe }, ...options });
const claude = (recipe, options) =>
  new Anthropic({ baseURL: url, apiKey: null, authToken: 'key-one', defaultHeaders: { 'X-Recipe': recipe }, ...options });

const collect = async (stream) => {
  const all = [];
  for await (const event of await stream) all.push(event);
  return all;
};
const timed = async (call) => {
  const began = performance.now();
  const answer = await call();
  return [answer, (performance.now() - began) / 1000];
};
const failed = async (call) => {
  try {
    await call();
  } catch (raised) {
    return [raised.constructor.name, raised.status, raised.error?.error?.type ?? raised.type, raised.code ?? null];
  }
};
const say = (content) => ({ model: 'm', messages: [{ role: 'user', content }] });
const create = async (client, content = 'Hi') => (await client.chat.completions.create(say(content))).usage.total_tokens;
const createMessage = async (client, content = 'Hi') =>
  (await client.messages.create({ ...say(content), max_tokens: 9 })).usage.output_tokens;

const all = {
  chat: () => create(gpt('chat')),
  tools: async () => {
    const tool = { type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } };
    const answer = await gpt('tools').chat.completions.create({ model: 'm', messages, tools: [tool] });
    return answer.choices[0].message.tool_calls[0].function.arguments;
  },
  stream: async () => {
    const chunks = await collect(gpt('stream').chat.completions.create({ model: 'm', messages, stream: true }));
    return [chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join(''), chunks.some((chunk) => chunk.usage)];
  },
  stream_with_usage: async () => {
    const request = { model: 'm', messages, stream: true, stream_options: { include_usage: true } };
    const chunks = await collect(gpt('stream').chat.completions.create(request));
    return chunks.filter((chunk) => chunk.usage).map((chunk) => chunk.usage.total_tokens);
  },
  responses: async () => (await gpt('responses').responses.create({ model: 'm', input: 'Hi' })).usage.total_tokens,
  responses_stream: async () => {
    const events = await collect(gpt('responses_stream').responses.create({ model: 'm', input: 'Hi', stream: true }));
    return events.filter((event) => event.type === 'response.completed').map((event) => event.response.usage.total_tokens);
  },
  embeddings: async () =>
    (await gpt('embeddings').embeddings.create({ model: 'm', input: ['a', 'b'], encoding_format: 'float' })).usage.total_tokens,
  audio: async () => {
    const file = await OpenAI.toFile(Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(20000)]), 'a.wav');
    return (await gpt('audio').audio.transcriptions.create({ model: 'm', file })).text;
  },
  messages: () => createMessage(claude('messages')),
  messages_stream: async () => {
    const request = { model: 'm', max_tokens: 9, messages, stream: true };
    const events = await collect(claude('messages_stream').messages.create(request));
    return events.filter((event) => event.type === 'message_delta').map((event) => event.usage.output_tokens);
  },
  pause: () => new Promise((done) => setTimeout(done, 3000)),
  waits: () => timed(() => create(gpt('chat'))),
  messages_waits: () => timed(() => createMessage(claude('messages'))),
  limited: () => failed(() => create(gpt('chat', { maxRetries: 0 }))),
  messages_limited: () => failed(() => createMessage(claude('messages', { maxRetries: 0 }))),
  large: () => failed(() => create(gpt('chat'), 'x'.repeat(300000))),
  messages_large: () => failed(() => createMessage(claude('messages'), 'x'.repeat(300000))),
};

const said = {};
for (const step of steps) said[step] = await all[step]();
console.log(JSON.stringify(said));
