"""A community that is played at random, beside a notebook that keeps the same books by hand.

`notebook`, `noted`, `riddles`, `shop` and `lots` are the rules of the game in plain Python: they
share no code with the engine and touch no database. `community` holds both worlds side by side;
`playing`, `correcting`, `spending`, `bringing` and `leaving` are what may happen to them, and
`comparing` says whether they still agree.
"""
