r"""Write differentials out: `dJ = tr(… dW)` by the letters that stand under a d by themselves.

A letter varies if it isn't made of others that do: in `dh = d\sigma(xW + b) = … (x\,dW + db)` W and b vary, x is held.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gradcalc.check.answers.meanings import Meanings
from gradcalc.formula.expr import Name
from gradcalc.formula.write import code

_DIFFERENTIAL = re.compile(r"\bdifferential\d+\b")


def expanded(texts: Sequence[str], meanings: Meanings) -> tuple[list[str], Mapping[str, str]]:
    """The texts without differentials, and the names that vary, each with the name in whose shape it does."""
    under = {each.expr.id for each in meanings.differentials.values() if isinstance(each.expr, Name)}
    leaves = [name for name in sorted(under) if not meanings.rests_on(name) & (under - {name})]
    free = {f"change_of_{name}": name for name in leaves} if meanings.differentials else {}
    written: dict[str, str] = {}
    for text, part in meanings.differentials.items():
        of = code(part.expr)
        of = _DIFFERENTIAL.sub(lambda found: written.get(found[0], found[0]), of)
        if of in leaves:
            written[text] = f"change_of_{of}"
            continue
        terms = [f"jacobian({of}, {leaf}) @ vec(change_of_{leaf})" for leaf in leaves]
        whole = " + ".join(terms) or f"0 * {of}"
        written[text] = f"unvec({whole}, {of})" if part.shape else f"sum({whole})"
    return [_DIFFERENTIAL.sub(lambda found: written[found[0]], text) for text in texts], free
