"""The one command `zhian`: each program is loaded only when it is called.

A gateway has only the [edge] extra, so the hub's program must not be imported there.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import typer

PROGRAMS: Final = {
    "edge": ("edge.__main__", "edge", "网关 the gateway: run, camera, check"),
    "hub": ("hub.__main__", "hub", "中心 the hub: run, ingest, web, deliver, check"),
    "models": ("models.__main__", "edge", "检测模型 the detectors: list, install, evaluate"),
    "demo": ("sim.__main__", "edge,hub", "演示 a compound with a known truth, end to end"),
}
_PASSED_ON: Final = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
}

app = typer.Typer(
    name="zhian",
    help="智安：小区出入口 compound gates, counted and guarded",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they may hold a password
)


def _run(context: typer.Context) -> None:
    name = context.info_name or ""
    module, extra, _ = PROGRAMS[name]
    try:
        program: typer.Typer = import_module(module).app
    except ModuleNotFoundError as error:
        typer.echo(f"缺少 {error.name}，请安装：pip install 'zhian[{extra}]'", err=True)
        typer.echo(f"{error.name} is missing; install it: pip install 'zhian[{extra}]'", err=True)
        raise typer.Exit(1) from None
    program(args=context.args, prog_name=f"zhian {name}")


for _name, (_, _, _about) in PROGRAMS.items():
    app.command(_name, help=_about, context_settings=_PASSED_ON, add_help_option=False)(_run)


def main() -> None:
    """Run the program that the command line names."""
    app()


if __name__ == "__main__":
    main()
