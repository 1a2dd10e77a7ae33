"""What the Python clients openai and anthropic make of the gateway: prints one JSON object, step -> outcome.

Usage: clients.py URL STEP...; each step is a function below.
"""
import json
import sys
import time

import anthropic
import openai

URL = sys.argv[1]
MESSAGES = [{"role": "user", "content": "Hi"}]
TOOLS = [{"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}]


def gpt(recipe, **options):
    options.setdefault("api_key", "key-one")
    return openai.OpenAI(base_url=URL + "/v1", default_headers={"X-Recipe": recipe}, **options)


def claude(recipe, **options):
    options.setdefault("auth_token", "key-one")
    return anthropic.Anthropic(base_url=URL, api_key=None, default_headers={"X-Recipe": recipe}, **options)


def chat():
    return gpt("chat").chat.completions.create(model="m", messages=MESSAGES).usage.total_tokens


def tools():
    answer = gpt("tools").chat.completions.create(model="m", messages=MESSAGES, tools=TOOLS)
    return answer.choices[0].message.tool_calls[0].function.arguments


def stream():
    chunks = list(gpt("stream").chat.completions.create(model="m", messages=MESSAGES, stream=True))
    return ["".join(chunk.choices[0].delta.content or "" for chunk in chunks), any(chunk.usage for chunk in chunks)]


def stream_with_usage():
    options = {"include_usage": True}
    chunks = gpt("stream").chat.completions.create(model="m", messages=MESSAGES, stream=True, stream_options=options)
    return [chunk.usage.total_tokens for chunk in chunks if chunk.usage]


def responses():
    return gpt("responses").responses.create(model="m", input="Hi").usage.total_tokens


def responses_stream():
    events = gpt("responses_stream").responses.create(model="m", input="Hi", stream=True)
    return [event.response.usage.total_tokens for event in events if event.type == "response.completed"]


def embeddings():
    answer = gpt("embeddings").embeddings.create(model="m", input=["a", "b"], encoding_format="float")
    return answer.usage.total_tokens


def audio():
    return gpt("audio").audio.transcriptions.create(model="m", file=("a.wav", b"RIFF" + bytes(20000))).text


def messages():
    return claude("messages").messages.create(model="m", max_tokens=9, messages=MESSAGES).usage.output_tokens


def messages_stream():
    events = claude("messages_stream").messages.create(model="m", max_tokens=9, messages=MESSAGES, stream=True)
    return [event.usage.output_tokens for event in events if event.type == "message_delta"]


def pause():
    time.sleep(3)


def waits():
    """A limit is reached: the clients wait for as long as they are told, and then succeed."""
    began = time.monotonic()
    answer = gpt("chat").chat.completions.create(model="m", messages=MESSAGES).usage.total_tokens
    return [answer, time.monotonic() - began]


def messages_waits():
    began = time.monotonic()
    answer = claude("messages").messages.create(model="m", max_tokens=9, messages=MESSAGES).usage.output_tokens
    return [answer, time.monotonic() - began]


def error(client, call):
    try:
        call(client)
    except (openai.APIStatusError, anthropic.APIStatusError) as raised:
        body = raised.body if isinstance(raised, anthropic.APIStatusError) else None
        kind = body["error"]["type"] if isinstance(body, dict) else raised.type
        return [type(raised).__name__, raised.status_code, kind, getattr(raised, "code", None)]


def ask(client, content="Hi"):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": content}])


def ask_claude(client, content="Hi"):
    return client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": content}])


def limited():
    return error(gpt("chat", max_retries=0), ask)


def messages_limited():
    return error(claude("messages", max_retries=0), ask_claude)


def large():
    return error(gpt("chat"), lambda client: ask(client, "x" * 300000))


def messages_large():
    return error(claude("messages"), lambda client: ask_claude(client, "x" * 300000))


print(json.dumps({name: globals()[name]() for name in sys.argv[2:]}))
