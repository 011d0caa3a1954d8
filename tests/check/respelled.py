r"""LaTeX in other words: what is right stays right, what is wrong stays wrong, and what is read stays read.

A program on text, token by token, which shares nothing with the readers that it tries. Each respelling takes the text
of a write-up and gives it back with another spelling, other brackets or an equal formula; where it doesn't apply it
changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Respelling = Callable[[str], str]

_TOKEN = re.compile(r"\\(?:begin|end)\{[^}]*\}|\\[A-Za-z]+|\\.|%[^\n]*|\s+|.", re.DOTALL)
_DISPLAY = re.compile(
    r"(?P<open>\$\$|\\\[|\\begin\{(?P<env>(?:equation|align|gather|eqnarray)\*?)\})(?P<body>.*?)"
    r"(?P<close>\$\$|\\\]|\\end\{(?P=env)\})",
    re.DOTALL,
)
_OPENS, _CLOSES = {"{", "(", "[", r"\{", r"\langle"}, {"}", ")", "]", r"\}", r"\rangle"}
_ARRANGED = re.compile(r"aligned|split|align|gather|eqnarray")
_GRID = re.compile(r"matrix|cases")
_REACHES = re.compile(
    r"\\(?:sum|prod|nabla|log|ln|exp|text|mathrm|operatorname|max)(?![a-z])|\\frac\s*\{\s*(?:\\partial|d)\s*\}"
    r"|(?<![a-zA-Z\\])(?:tr|trace|vec|log|exp)(?![a-z])"
)
"""What takes all that is behind it: terms around it can't change their places."""
_ENDS_IN_PRODUCT = re.compile(r"(?:[=*]|\\(?:cdot|times|odot|circ|otimes|log|left|ln))\s*$")
_STOPS_A_SIDE = {r"\\", "&", ">", "<", r"\quad", r"\qquad", r"\dots", r"\cdots", r"\to", r"\in", r"\ne", r"\neq"} | {
    *(r"\implies", r"\Rightarrow", r"\therefore", r"\because", r"\rightarrow"),
}


def in_displays(change: Respelling) -> Respelling:
    return lambda text: _DISPLAY.sub(lambda found: found["open"] + change(found["body"]) + found["close"], text)


def put(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Respelling:
    return in_displays(lambda body: re.sub(pattern, by, body))


def argument(tokens: list[str], at: int) -> tuple[str, int] | None:
    """The argument that begins at or behind `at`, without its braces, and where it ends."""
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at >= len(tokens) or tokens[at] in "}^_":
        return None
    if tokens[at] != "{":
        return tokens[at], at + 1
    depth, end = 1, at + 1
    while end < len(tokens) and depth:
        depth += {"{": 1, "}": -1}.get(tokens[end], 0)
        end += 1
    return "".join(tokens[at + 1 : end - 1]), end


def commands(names: str, build: Callable[..., str | None], count: int = 1) -> Respelling:
    r"""Each `\name{a}{b}` as `build` has it, what is within first; None leaves it."""
    wanted = {f"\\{name}" for name in names.split()}

    def change(text: str) -> str:
        tokens, made, at = _TOKEN.findall(text), "", 0
        while at < len(tokens):
            args, end = [], at + 1
            while tokens[at] in wanted and len(args) < count and (found := argument(tokens, end)) is not None:
                args.append(change(found[0]))
                end = found[1]
            new = build(*args) if len(args) == count else None
            made, at = (made + tokens[at], at + 1) if new is None else (made + new, end)
        return made

    return change


def cut(text: str, at: Callable[[str], bool]) -> list[str]:
    """A text cut at tokens outside of all brackets; these are the odd parts."""
    parts, depth = [""], 0
    for token in _TOKEN.findall(text):
        is_edge = token.startswith((r"\begin", r"\end")) and not _ARRANGED.search(token)
        depth += (token in _OPENS) - (token in _CLOSES) + (is_edge and (1 if token.startswith(r"\begin") else -1))
        if depth == 0 and at(token):
            parts += [token, ""]
        else:
            parts[-1] += token
    return parts


def is_formula(text: str) -> bool:
    """Whether a side is one formula, without words, conditions, remarks."""
    depth = 0
    for token in _TOKEN.findall(text):
        depth += (token in _OPENS) - (token in _CLOSES)
        if depth < 0 or (depth == 0 and (token in _STOPS_A_SIDE or token in ",;:")):
            return False
    return depth == 0 and "%" not in text and text.count(r"\left") == text.count(r"\right") and bool(text.strip())


_LEAD = re.compile(r"(?:\s|&|\\begin\{(?:aligned|split)\})*")
_TAIL = re.compile(
    r"(?:(?<!\\right)(?<!\\)[.,;]|\s|\\q?quad(?=\s*(?:$|%))|\\tag\{[^{}]*\}|%[^\n]*|\\end\{(?:aligned|split)\})*$"
)


def sides(change: Callable[[str], str | None]) -> Respelling:
    """`change` made of each side behind a sign =, where that is one formula."""

    def of_side(side: str) -> str:
        lead = _LEAD.match(side)[0]
        rest = side[len(lead) :]
        tail = _TAIL.search(rest)[0]
        core = rest[: len(rest) - len(tail)]
        alone = re.fullmatch(r"\\frac\{[^=+]*\\partial [^=+]*\}|\\nabla.*", core)
        made = change(core) if is_formula(core) and not alone else None
        return side if made is None else f"{lead}{made}{tail}"

    def of_row(row: str) -> str:
        first, *rest = cut(row, lambda token: token == "=")
        return first + "".join(of_side(part) if n % 2 else part for n, part in enumerate(rest))

    def of_body(body: str) -> str:
        return "".join(row if n % 2 else of_row(row) for n, row in enumerate(cut(body, lambda token: token == r"\\")))

    return in_displays(of_body)


def groups(change: Callable[[str], str | None]) -> Respelling:
    """`change` made of what stands in each pair of round brackets, where that is one formula."""

    def of_body(body: str) -> str:
        made, opened = list[str](), list[int]()
        for token in _TOKEN.findall(body):
            if token == "(":
                opened.append(len(made))
            elif token == ")" and opened:
                start = opened.pop()
                inner = "".join(made[start + 1 :])
                core = inner.rstrip().removesuffix(r"\right")
                new = change(core.strip()) if is_formula(core) else None
                made[start + 1 :] = [inner if new is None else new + (r" \right" if core != inner.rstrip() else "")]
            made.append(token)
        return "".join(made)

    return in_displays(of_body)


def terms(text: str) -> list[tuple[str, str]]:
    """The terms of a sum with their signs; none where one reaches over the next."""
    first, *rest = cut(text, lambda token: token in ("+", "-"))
    found = [("+", first)] if first.strip() else []
    found += list(zip(rest[::2], rest[1::2], strict=True))
    odd = any(not term.strip() or _ENDS_IN_PRODUCT.search(term) or _REACHES.search(term) for _, term in found)
    return [] if odd or r"\dots" in text or r"\cdots" in text else found


def _sum(found: list[tuple[str, str]]) -> str:
    return " ".join(f"{sign} {term.strip()}" for sign, term in found).removeprefix("+ ")


def exchanged(text: str) -> str | None:
    """`-b + a` for `a - b`."""
    found = terms(text)
    return _sum(found[::-1]) if len(found) > 1 else None


def negated(text: str) -> str | None:
    """`-(b - a)` for `a - b`."""
    found = terms(text)
    flipped = [("-" if sign == "+" else "+", term) for sign, term in found[::-1]]
    return f"-({_sum(flipped)})" if len(found) > 1 else None


def with_minus(text: str) -> str | None:
    """`a + (-b)` for `a - b`."""
    found = terms(text)
    inside = [
        ("+", f"(-{term.strip()})") if sign == "-" and n else (sign, term) for n, (sign, term) in enumerate(found)
    ]
    return _sum(inside) if inside != found else None


def chain_of(body: str) -> list[str]:
    """The sides of a display that is one chain; none of any other."""
    body = re.sub(r"\\(?:begin|end)\{(?:aligned|split|align)\*?\}|%[^\n]*", "", body)
    if re.search(
        r"matrix|cases|\\(?:implies|Rightarrow|therefore|because|q?quad|in|tag|text\{ ?if)(?![a-z])|&&|= *&", body
    ):
        return []
    rows = [row.replace("&", " ").strip() for row in cut(body, lambda token: token == r"\\")[::2]]
    found = [[side.strip().rstrip(" .,;") for side in cut(row, lambda token: token == "=")[::2]] for row in rows if row]
    if not found or any(bool(row[0]) != (n == 0) or len(row) < 2 or not all(row[1:]) for n, row in enumerate(found)):
        return []
    return [found[0][0], *(side for row in found for side in row[1:])]


_WORDS = re.compile(r"(?<!\$)\$\w")
"""Of words between displays, which may say a condition of the next one."""


def redisplayed(build: Callable[[list[str]], str]) -> Respelling:
    """Each display that is one chain of several lines, displayed otherwise."""

    def of(found: re.Match[str]) -> str:
        chain = chain_of(found["body"]) if found["env"] is None or "align" in found["env"] else []
        return found[0] if len(chain) < 3 else build(chain)

    return lambda text: text if _WORDS.search(text) else _DISPLAY.sub(of, text)


def raised_e(build: str) -> Respelling:
    r"""`\exp(x)` and the like for `e^{x}`."""

    def of_body(body: str) -> str:
        tokens, made, at = _TOKEN.findall(body), "", 0
        while at < len(tokens):
            found = argument(tokens, at + 2) if tokens[at : at + 2] == ["e", "^"] and not made[-1:].isalpha() else None
            made, at = (made + tokens[at], at + 1) if found is None else (made + build.replace("#", found[0]), found[1])
        return made

    return in_displays(of_body)


def derivative(above: str, below: str, sign: str) -> str | None:
    if not (is_derivative(above) and is_derivative(below)):
        return None
    change = lambda part: re.sub(r"\\partial(?![A-Za-z])\s*", lambda _: sign, part)  # noqa: E731
    return rf"\frac{{{change(above)}}}{{{change(below)}}}"


def is_derivative(above: str) -> bool:
    return re.match(r"\s*(?:\\partial|d)(?![A-Za-z])", above) is not None


def renamed(old: str, new: str) -> Respelling:
    """An index by another letter, if that is used nowhere."""
    bare = lambda text: re.sub(r"\\[A-Za-z]+|%[^\n]*", " ", text)  # noqa: E731

    def of(text: str) -> str:
        taken = any(new in found["body"] for found in _DISPLAY.finditer(bare(text)))
        taken |= re.search(rf"(?<![A-Za-z\\_^{{,(]){old}(?![A-Za-z])", text) is not None
        letter = lambda script: re.sub(rf"(\\[A-Za-z]+)|{old}", lambda found: found[1] or new, script)  # noqa: E731
        change = put(
            rf"([_^])(?:\{{([^{{}}]*)\}}|({old})(?![A-Za-z]))",
            lambda found: f"{found[1]}{{{letter(found[2] or found[3] or '')}}}",
        )
        return text if taken or re.search(rf"\[{old}|{old}\]|\({old}\)", text) else change(text)

    return of


_OF_LAYER = r"((?:\\(?:boldsymbol|mathbf)\{\w\}|(?<![A-Za-z\\])\w))\^\s*\{(\(\w+\)|\[\w+\])(T|\\top)\}"
_NAMED = r"\\(?:text|mathrm|operatorname)\{(softmax|sigmoid|ReLU|CE|diag|sg|Tr|Diag|sign)\}"


def transposed(by: str) -> Respelling:
    def of(body: str) -> str:
        body = re.sub(r"\^\s*(?:T(?![A-Za-z_])|\\top(?![A-Za-z])|\{\s*(?:T|\\top)\s*\})", lambda _: by, body)
        return re.sub(r"\^\s*\{(\(\w+\)|\[\w+\])(?:T|\\top)\}", lambda found: f"^{{{found[1]}{by.strip('^')}}}", body)

    ends = re.compile(r"\\sum[^&=+]*=[^&=+]*\^\{?T")
    return in_displays(lambda body: body if ends.search(body) else of(body))


def _fonts() -> Iterator[tuple[str, Respelling]]:
    for by in (
        r"\mathbf{#}",
        r"\boldsymbol{#}",
        r"\bm{#}",
        r"\vec{#}",
        r"\pmb{#}",
        r"{\bf #}",
        r"\underline{#}",
        "{#}",
    ):
        yield f"font {by}", commands("mathbf boldsymbol bm vec", lambda a, by=by: by.replace("#", a))
    for by in (
        r"\text{#}",
        r"\mathrm{#}",
        r"\operatorname{#}",
        r"\operatorname*{#}",
        r"\textrm{#}",
        r"{\rm #}",
        r"\mbox{#}",
    ):
        yield f"name {by}", put(_NAMED, lambda found, by=by: by.replace("#", found[1]))


no_left = put(r"\\(?:left|right)\s*(?=[()\[\]])", "")
SPELLED: dict[str, Respelling] = {
    **{
        f"transpose {by}": transposed(by)
        for by in (r"^\top", r"^{\intercal}", r"^{\mathsf{T}}", "^T", r"^{\rm T}", "^⊤")
    },
    "transpose '": lambda text: text if "'" in text or r"\prime" in text else transposed("'")(text),
    "transpose outside": put(_OF_LAYER, r"(\1^{\2})^{\3}"),
    "transpose of braces": put(_OF_LAYER, r"{\1^{\2}}^{\3}"),
    **{
        f"\\{by}": commands("frac", lambda a, b, by=by: rf"\{by}{{{a}}}{{{b}}}", 2)
        for by in ("dfrac", "tfrac", "cfrac")
    },
    r"\over": commands("frac", lambda a, b: rf"{{{a} \over {b}}}", 2),
    "/": commands("frac", lambda a, b: None if is_derivative(a) else rf"(({a}) / ({b}))", 2),
    "½": put(r"\\frac\{(\d)\}\{(\d)\}", r"\\frac\1\2"),
    "0.5": put(r"\\frac\{1\}\{2\}", "0.5"),
    "no left": no_left,
    **{
        f"{by}(": lambda text, by=by: put(r"(?<![{^])\(([^()]*[-+ ][^()]*)\)", rf"\\{by}(\1\\{by})")(no_left(text))
        for by in ("big", "bigg")
    },
    "round": put(r"\\left\s*\[((?:(?!\\left|\\right|\\begin)[\s\S])*?)\\right\s*\]", r"\\left(\1\\right)"),
    "curly": put(r"\\left\s*\[((?:(?!\\left|\\right|\\begin)[\s\S])*?)\\right\s*\]", r"\\left\\{\1\\right\\}"),
    **dict(_fonts()),
    "widehat": put(r"\\hat(?![a-z])", r"\\widehat"),
    "bare hat": put(r"\\hat\{(\w)\}", r"\\hat \1"),
    "hat inside": put(r"\\hat\{\\(mathbf|boldsymbol)\{(\w)\}\}", r"\\\1{\\hat{\2}}"),
    **{
        f"d {by}": commands("frac", lambda a, b, by=by: derivative(a, b, by), 2)
        for by in ("d ", r"\mathrm{d}", r"\text{d}", "∂ ", r"\partial\, ", r"{\rm d}")
    },
    **{f"exp {by}": raised_e(by) for by in (r"\exp(#)", r"\exp\left(#\right)", r"\exp\{#\}", r"\mathrm{e}^{#}")},
    r"\ln": put(r"\\log(?![A-Za-z])", r"\\ln"),
    **{f"log {by}": put(r"\\log(?![A-Za-z])", lambda _, by=by: by) for by in (r"\mathrm{log}", r"\operatorname{log}")},
    "i,j": put(r"_\{([a-z])([a-z])\}", r"_{\1,\2}"),
    r"i\,j": put(r"_\{([a-z])([a-z])\}", r"_{\1\\,\2}"),
    "ij": put(r"_\{([a-z]),\s*([a-z])\}", r"_{\1\2}"),
    "braced index": put(r"_([A-Za-z0-9])", r"_{\1}"),
    "bare index": put(r"_\{([A-Za-z0-9])\}", r"_\1 "),
    "braced base": put(r"(?<![A-Za-z\\{])([A-Za-z])(?=_(?:\w|\{))", r"{\1}"),
    "above first": put(r"(_(?:\w|\{\w+\}))(\^(?:\(\w\)|\{\([^{}]*\)\}|\w(?!\w)|\{\w+\}))", r"\2\1"),
    "below first": put(r"(?<!sum)(?<!prod)(?<!log)(\^(?:\{[(\[][^{}]*[)\]]\}|\{\w+\}))(_(?:\w|\{\w+\}))", r"\2\1"),
    **{
        f"delta {by}": put(r"\\delta_\{([a-z])([a-z])\}", by)
        for by in (
            r"\\mathbb{1}[\1 = \2]",
            r"\\mathbf{1}_{\1 = \2}",
            r"\\delta_{\2\1}",
            r"[\1 = \2]",
            r"\\mathbb{1}\\{\1 = \2\\}",
        )
    },
    **{f"{by}": put(r"\\(sum|prod)(?![A-Za-z])", rf"\\\1\\{by}") for by in ("limits", "nolimits")},
    "sum, above first": put(r"\\(sum|prod)\s*(_\{[^{}]*\})\s*(\^(?:\w|\{[^{}]*\}))", r"\\\1\3\2"),
    "sum over a range": put(
        r"\\(sum|prod)\s*_\{(\w)\s*=\s*1\}\s*\^(?:(\w)|\{([^{}]*)\})",
        lambda found: rf"\{found[1]}_{{1 \le {found[2]} \le {found[3] or found[4]}}}",
    ),
    "double sum": put(r"\\sum_\{(\w),\s*(\w)\}", r"\\sum_{\1}\\sum_{\2}"),
    **{f"· {by}": put(r"\\cdot(?![a-z])", lambda _, by=by: by) for by in (r"\cdot{}", "⋅")},
    **{f"⊙ {by}": put(r"\\odot(?![a-z])", lambda _, by=by: by) for by in (r"\circ", r"\ast", "*")},
    "−": put(r"(?<=[\s(=+])-", "−"),
    **{
        sign: put(rf"\\{name}(?![A-Za-z])", sign)
        for name, sign in (
            *(("partial", "∂ "), ("sigma", "σ"), ("theta", "θ"), ("odot", "⊙"), ("cdot", "·")),
            *(("eta", "η"), ("phi", "φ"), ("nabla", "∇"), ("sum", "∑")),
        )
    },
    r"\prime": put(r"(\\sigma(?:_s)?|\\phi|(?<![A-Za-z\\])g)'", r"\1^{\\prime}"),
    r"\ne": put(r"\\neq(?![a-z])", r"\\ne"),
    r"\not=": put(r"\\neq(?![a-z])", r"\\not="),
    **{
        f"space {by}": put(r"(?<=[\w}\])]) (?=\\frac|\\sum|\(|\\left)", lambda _, by=by: f"{by} ")
        for by in (r"\,", r"\;", "~", r"\!", r"\ ", r"\enspace", r"\mskip3mu")
    },
    "= in space": put(r" = ", r" \\;=\\; "),
    "= by (1)": put(r" = (?=\S)", r" \\stackrel{(1)}{=} "),
    "= by words": put(r" = (?=\S)", r" \\overset{\\text{chain}}{=} "),
    **{f"index {old} as {new}": renamed(old, new) for old, new in ("jr", "iq", "kl", "js")},
}
"""Other spellings of the same signs, names, indices."""

SIDES: dict[str, Respelling] = {
    **{
        by: sides(lambda side, by=by: by.replace("#", side))
        for by in (
            *(r"(#)", r"\left[ # \right]", r"\left\{ # \right\}", "{#}", r"\left. # \right."),
            *(r"-\left(-(#)\right)", r"(#) + 0", r"2 \cdot \frac{1}{2} \left(#\right)", r"\frac{2 (#)}{2}"),
            *(r"\frac{1}{2} (#) + \frac{1}{2} (#)", "2 (#) - (#)"),
            *(r"\boxed{#}", r"\textcolor{red}{#}", r"{\color{blue} #}", r"\underbrace{#}_{\text{as above}}"),
            *(r"\underline{#}", r"\displaystyle #", r"#\,.", r"#\;,"),
            *(
                r"# \quad \text{(chain rule)}",
                r"# \qquad \text{by the product rule}",
                r"# \quad \text{since (2) holds}",
            ),
        )
    },
    "transposed twice": sides(lambda side: None if "_" in side else rf"\left(\left({side}\right)^T\right)^T"),
    "exchanged": sides(exchanged),
    "negated": sides(negated),
    "a + (-b)": sides(with_minus),
    "exchanged in brackets": groups(exchanged),
    "negated in brackets": groups(negated),
    "a + (-b) in brackets": groups(with_minus),
    "brackets twice": groups(lambda group: f"({group})" if terms(group) else None),
}
"""Equal formulas in the place of a side, or of what is in brackets, and what is put around a side."""

DISPLAYED: dict[str, Respelling] = {
    "as it is": lambda text: text,
    "left side again": redisplayed(lambda chain: "\n\n".join(f"$$ {chain[0]} = {side} $$" for side in chain[1:])),
    "one row": redisplayed(lambda chain: f"$$ {' = '.join(chain)} $$"),
    "rows": redisplayed(
        lambda chain: rf"\begin{{align*}} {chain[0]} &= " + " \\\\\n&= ".join(chain[1:]) + r" \end{align*}"
    ),
    "goes on": redisplayed(
        lambda chain: f"$$ {chain[0]} = {chain[1]} $$\n\n" + "\n\n".join(f"$$ = {side} $$" for side in chain[2:])
    ),
    "gathered": redisplayed(
        lambda chain: rf"\begin{{gather*}} {chain[0]} = " + " \\\\\n= ".join(chain[1:]) + r" \end{gather*}"
    ),
    "implied": redisplayed(
        lambda chain: (
            rf"\begin{{align*}} {chain[0]} &= " + f" \\\\\n\\implies {chain[0]} &= ".join(chain[1:]) + r" \end{align*}"
        )
    ),
    "row ends": in_displays(lambda body: body if _GRID.search(body) else body.replace(r"\\", r"\\[2pt]")),
    "no breaks": in_displays(lambda body: body if _GRID.search(body) else body.replace("\\\\", "\\\\*")),
    "no numbers": in_displays(lambda body: body if _GRID.search(body) else body.replace("\\\\", "\\nonumber \\\\")),
    "=&": put(r"&\s*=(?!\s*&)", "=& "),
    "&{}={}": put(r"&\s*=(?!\s*&)", "&{}={}"),
    "split": lambda text: text.replace("{aligned}", "{split}"),
    "equation": lambda text: _DISPLAY.sub(
        lambda found: (
            rf"\begin{{equation*}}{found['body']}\end{{equation*}}"
            if found["env"] is None and "{align}" not in found["body"]
            else found[0]
        ),
        text,
    ),
}
"""Other ways to display the same lines."""
