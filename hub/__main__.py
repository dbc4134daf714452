"""The hub's command line: `zhian hub run | ingest | web | deliver | check | openapi | user`."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hub.adapters.logs import start_logs
from hub.api.application import describe
from hub.app import Part, reset_password, run_hub
from hub.config import ConfigError, Settings, environment, load
from hub.services.users import UnknownUserError

app = typer.Typer(
    name="hub",
    help="智安中心 the hub of many compounds",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they may hold a password
)
user_app = typer.Typer(help="用户 users", no_args_is_help=True)
app.add_typer(user_app, name="user")

HubFile = Annotated[
    Path, typer.Option("--config", help="中心配置文件 the hub's TOML file", show_default=False)
]


@app.command(help="全部：接收、网页、推送 all of it in one process")
def run(config: HubFile) -> None:
    """Run all parts in one process."""
    _run(config, tuple(Part))


@app.command(help="只接收网关数据 take what gateways send, nothing else")
def ingest(config: HubFile) -> None:
    """Run the ingest alone."""
    _run(config, (Part.INGEST,))


@app.command(help="只提供网页与接口 serve console and API, nothing else")
def web(config: HubFile) -> None:
    """Run the web application alone."""
    _run(config, (Part.WEB,))


@app.command(help="只推送告警 deliver alerts, nothing else")
def deliver(config: HubFile) -> None:
    """Run the delivery alone."""
    _run(config, (Part.DELIVER,))


@app.command(help="检查配置文件 tell every mistake in a configuration")
def check(file: Annotated[Path, typer.Argument(help="中心配置文件 the hub's TOML file")]) -> None:
    """Tell every mistake at once, secrets among them; exit code 1 if there is one."""
    settings = _load(file)
    broker, web_table = settings.file.broker, settings.file.web
    Console().print(
        f"[green]正确 good[/] 消息服务 broker {broker.host}:{broker.port}，"
        f"网页 web {web_table.host}:{web_table.port}，推送 webhooks {len(settings.file.webhook)}"
    )


@app.command(help="输出接口文档 print the API's OpenAPI document, or write it")
def openapi(
    output: Annotated[Path | None, typer.Option(help="写入文件 write it there")] = None,
) -> None:
    """Print the OpenAPI document as it is committed."""
    document = openapi_text()
    if output is None:
        sys.stdout.write(document)
    else:
        output.write_text(document, encoding="utf-8")


@user_app.command("reset-password", help="重设密码 give a user a new password, at random")
def reset_user_password(
    username: Annotated[str, typer.Argument(help="用户名 who")], config: HubFile
) -> None:
    """Print a new password once; the user has to change it, and may sign in again if barred.

    All their sessions end.
    """
    try:
        password = reset_password(_load(config), username)
    except UnknownUserError:
        typer.secho(f"没有用户 {username} / there is no user {username}", fg="red", err=True)
        raise typer.Exit(1) from None
    typer.echo(password)


def openapi_text() -> str:
    """Return the API's document as the repository keeps it."""
    return json.dumps(describe(), ensure_ascii=False, indent=1) + "\n"


def _run(config: Path, parts: Collection[Part]) -> None:
    os.umask(0o077)  # what the hub writes is nobody else's to read
    start_logs()
    settings = _load(config)
    raise typer.Exit(run_hub(settings, parts, _stopping_on_signals(), _tell_first_login))


def _load(config: Path) -> Settings:
    try:
        return load(config, environment())
    except ConfigError as error:
        typer.secho(f"配置有误 mistakes in {config}:", fg="red", err=True)
        for mistake in error.mistakes:
            typer.echo(f"  {mistake}", err=True)
        raise typer.Exit(1) from None


def _stopping_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _tell_first_login(note: Path, password: str) -> None:
    """Show the first password to whoever sits at a terminal; a log must never have it."""
    if sys.stdout.isatty():
        Console().print(
            f"\n首次登录 first sign-in: [bold]admin[/] / [bold]{password}[/]\n"
            f"另存于 also kept in {note}，改密后自动删除 until it is changed\n"
        )


if __name__ == "__main__":
    app()
