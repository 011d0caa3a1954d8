r"""Write differentials out: `dJ = tr(… dW)` by the letters that stand under a d by themselves.

A letter varies if it isn't made of others that do: in `dh = d\sigma(xW + b) = … (x\,dW + db)` W and b vary, x is held.
Where none stands so, all vary that what stands under a d is made of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from gradcalc.check.answers.differentiating import NO_LOSS
from gradcalc.check.answers.meanings import Meanings
from gradcalc.formula.expr import Name, names
from gradcalc.formula.write import code

_DIFFERENTIAL = re.compile(r"\bdifferential\d+\b")


def expanded(texts: Sequence[str], meanings: Meanings) -> tuple[list[str], Mapping[str, str]]:
    """The texts without differentials, and the names that vary, each with the name in whose shape it does."""
    under = {each.expr.id for each in meanings.differentials.values() if isinstance(each.expr, Name)}
    gradients = {of: name for name, of in meanings.gradients.items()}
    under -= {NO_LOSS}
    leaves = _roots(under, meanings)
    within = {name for each in meanings.differentials.values() for name in names(each.expr)} & meanings.given - under
    if not leaves or any(meanings.rests_on(name) & within for name in leaves):  # `df = d(x^T A x)`
        leaves = sorted({*(name for name in leaves if not meanings.rests_on(name) & within), *within})
    free = {f"change_of_{name}": name for name in leaves} if meanings.differentials else {}
    written: dict[str, str] = {}
    for text, part in meanings.differentials.items():
        of = code(part.expr)
        of = _DIFFERENTIAL.sub(lambda found: written.get(found[0], found[0]), of)
        if of == NO_LOSS:
            terms = [f"sum({gradients[leaf]} * change_of_{leaf})" for leaf in leaves if leaf in gradients]
            written[text] = f"({' + '.join(terms)})" if len(terms) == len(leaves) > 0 else ""
            continue
        if of in leaves:
            written[text] = f"change_of_{of}"
            continue
        terms = [f"jacobian({of}, {leaf}) @ vec(change_of_{leaf})" for leaf in leaves]
        whole = " + ".join(terms) or f"0 * {of}"
        written[text] = f"unvec({whole}, {of})" if part.shape else f"sum({whole})"
    every = [
        "" if any(not written[found] for found in _DIFFERENTIAL.findall(text)) else _written(text, written)
        for text in texts
    ]
    return every, free


def _roots(under: Collection[str], meanings: Meanings) -> list[str]:
    """Those of some names that aren't made of others of them."""
    return [name for name in sorted(under) if not meanings.rests_on(name) & ({*under} - {name})]


def _written(text: str, written: Mapping[str, str]) -> str:
    return _DIFFERENTIAL.sub(lambda found: written[found[0]], text)
