"""Reads bodies as servers in Python do: json.loads on the bytes, then a pydantic model with a bool.

One body a line in base64; for each a line with true, false or error."""
import base64
import json
import sys
from typing import Optional

from pydantic import BaseModel, ConfigDict


class Request(BaseModel):
    model_config = ConfigDict(extra="allow")
    stream: Optional[bool] = False


for line in sys.stdin:
    try:
        request = Request.model_validate(json.loads(base64.b64decode(line)))
        print("true" if request.stream else "false")
    except (ValueError, RecursionError):
        print("error")
