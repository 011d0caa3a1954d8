"""Run the command line, and end it as a command-line tool should: a message, an exit code, never a traceback."""

from __future__ import annotations

import sys
import warnings

INTERRUPTED = 130
_pressed = False


def main() -> int:
    """Run `gradcalc` with the arguments of the process; returns its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        # Answered without loading the command line, which takes longer than the answer.
        from gradcalc import __version__

        print(f"gradcalc {__version__}")
        return 0
    try:
        _heed_ctrl_c()
        return _run(arguments)
    except BaseException as error:
        # What was being imported may tell the interruption as an error of its own.
        if not (_pressed or isinstance(error, KeyboardInterrupt)):
            raise
        return INTERRUPTED


def _heed_ctrl_c() -> None:
    """Remember that Ctrl-C was pressed; Python shall not print where it came and nobody could catch it."""
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _press)
    told, unraisable = sys.excepthook, sys.unraisablehook
    sys.excepthook = lambda *what: None if what[0] is KeyboardInterrupt else told(*what)
    sys.unraisablehook = lambda what: None if what.exc_type is KeyboardInterrupt else unraisable(what)


def _press(*_: object) -> None:
    global _pressed
    _pressed = True
    raise KeyboardInterrupt


def _run(arguments: list[str]) -> int:
    import typer

    from gradcalc.cli import app
    from gradcalc.errors import GradcalcError, InputError

    # What overflows is told by the report itself; NumPy's warnings would say it again, less clearly.
    warnings.simplefilter("ignore", RuntimeWarning)
    try:
        code = app(arguments, prog_name="gradcalc", standalone_mode=False)
    except GradcalcError as error:
        print(error if isinstance(error, InputError) else f"Error: {error}", file=sys.stderr)
        return error.exit_code
    except typer.Abort:
        return INTERRUPTED
    except Exception as error:
        # Typer's own errors know how to show themselves; where their class lives differs between its versions.
        if not hasattr(error, "show"):
            raise
        error.show()
        return 2
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
