"""How is an audit sample sized, drawn and evaluated? Pure formulas, no clock and no chance.

The methods are those of the Commission's guidance on sampling methods for audit authorities,
EGESIF_16-0014-01 of 20 January 2017, in its symbols: N units, BV book value, TE tolerable error,
AE anticipated error, E error, EE projected error, SE precision, ULE upper limit of the error.

Amounts and rates are exact: decimals at the border, fractions inside, so a size is rounded up
from the true quotient. A square root has forty digits. Only the screening (`screening`) uses
floating-point numbers: a p-value is a probability, not an amount.
"""
