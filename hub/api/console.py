"""The console's files, or a page that says how to build them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

_NOT_BUILT: Final = """\
<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>智安 Zhi'an</title>
<body>
<h1>智安 Zhi'an</h1>
<p>中心已在运行，但网页控制台尚未构建。请在源码目录运行：</p>
<p>The hub is running, but its console has not been built. In the source directory, run:</p>
<pre>make console</pre>
<p>接口文档 API: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a></p>
</body>
</html>
"""


def serve_console(app: FastAPI, console_dir: Path | None) -> None:
    """Serve the built console for all that is not the API, `index.html` for its own pages."""
    if console_dir is not None and (console_dir / "index.html").is_file():
        app.frontend("/", directory=console_dir, fallback="index.html", check_dir=True)
        return

    @app.get("/", include_in_schema=False)
    def say_not_built() -> HTMLResponse:
        return HTMLResponse(_NOT_BUILT)
