"""Records and facts passed to another process: they arrive as they were."""

import pickle

from broadsheet.ingest.pickling import pass_by_values
from broadsheet.papers import Facts, Finding, Stage
from tests.library import LIBRARY


def test_what_is_passed_arrives_as_it_was() -> None:
    facts = Facts(title="A Kettle \ud800", withdrawn=True, authors=LIBRARY[0].authors)
    sent = [*LIBRARY, facts, Finding(Stage.FLAG, "noisy")]
    pass_by_values()
    again = pickle.loads(pickle.dumps(sent, pickle.HIGHEST_PROTOCOL))
    assert again == sent
    assert [type(one) for one in again] == [type(one) for one in sent]
