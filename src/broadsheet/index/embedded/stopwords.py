"""English words that tell nothing about a paper: articles, pronouns, prepositions, auxiliaries."""

STOPWORDS = frozenset(
    """
    a about above after again against all also although am among an and any anyone anything are as
    at be because been before being below between both but by can cannot could did do does doing
    done during each either else ever every few for from further had has have having he hence her
    here hers herself him himself his how however i if in into is it its itself just may me might
    more most much must my myself neither no nor not of off often on once one only onto or other
    others our ours ourselves out over own per perhaps quite rather really same shall she should
    since so some somebody someone something still such than that the their theirs them themselves
    then there therefore these they this those though through thus to together too toward towards
    under until up upon us very via was we were what whatever when whenever where whereas wherever
    whether which while who whom whose why will with within without would yet you your yours
    yourself
    """.split()
)
