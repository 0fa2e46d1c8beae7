"""Runs session jobs through whatever `arc` is on the path: one JSON list in, one out.

A job is `{"environment": …, "write": session}`, which gives the Set-Cookie header, or
`{"environment": …, "read": cookie pair}`, which gives the session.
"""

import json
import sys
from os import environ  # noqa: TID251 - this program stands for Lambda's runtime

jobs = json.load(sys.stdin)
environ.update(jobs[0]["environment"])

import arc  # noqa: E402 - the helper may look at its environment when it is loaded

answers = []
known = set()
for job in jobs:
    for name in known:
        environ.pop(name, None)
    environ.update(job["environment"])
    known = set(job["environment"])
    try:
        if "read" in job:
            request = {"version": "2.0", "headers": {}, "cookies": [job["read"]]}
            answers.append({"session": arc.http.session_read(request)})
        else:
            session = arc.http.session_read({"version": "2.0", "headers": {}})
            cookie = arc.http.session_write({**session, **job["write"]})
            answers.append({"set_cookie": cookie})
    except Exception as error:  # noqa: BLE001 - whatever the helper raises is its answer
        answers.append({"error": f"{type(error).__name__}: {error}"})
json.dump({"file": arc.__file__, "answers": answers}, sys.stdout, default=float)
