"""How each kind of answer is accepted; what is the same for all stands in `judge`."""
