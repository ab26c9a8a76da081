"""The language of queries by tags: what it means, and where its mistakes are."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from embeddings.similarity.words.language import (
    DEEPEST,
    HEAVIEST,
    LONGEST,
    Group,
    Node,
    Not,
    QueryError,
    Term,
    counts,
    grouped,
    parse,
    terms,
    write,
)
from embeddings.similarity.words.vocabulary import Vocabulary
from embeddings.tag_lists import MSD_TAGS, MTT_TAGS

ODD = ("rock and roll", "or", 'say "no"', "a, b", "Hip-Hop", "x^2")
WORDS = Vocabulary([*MTT_TAGS, *ODD])


def shape(node: Node):
    """A tree in brackets, that is easy to read."""
    sign = "" if node.weight == 1 else f"^{node.weight:g}"
    if isinstance(node, Term):
        return f"{'-' * node.negated}{node.word.name}{sign}"
    if isinstance(node, Not):
        return f"-[{shape(node.part)}]{sign}"
    joint = {"and": " & ", "or": " | "}[node.kind]
    return f"[{joint.join(map(shape, node.parts))}]{sign}"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("piano and not vocals, fast", "[piano & -vocals & fast]"),
        ("PIANO  AND\nNot  No   Vocals", "[piano & -no vocals]"),
        ("guitar or harp, slow", "[[guitar | harp] & slow]"),
        ("guitar or harp and slow", "[guitar | [harp & slow]]"),
        ("(guitar or harp) and slow", "[[guitar | harp] & slow]"),
        ("piano^2 or harp*0.5", "[piano^2 | harp^0.5]"),
        ("not (guitar or harp)^3, slow", "[-[[guitar | harp]]^3 & slow]"),
        ("not not piano", "piano"),
        ("not (not (piano^2)^2)", "piano^4"),
        ("female vocal or female", "[female vocal | female]"),
        ("rock and roll and rock", "[rock and roll & rock]"),
        ('"or" or "piano"', "[or | piano]"),
        ('"say ""no"""', 'say "no"'),
        ('"a, b", hip-hop', "[a, b & Hip-Hop]"),
        ("instrumental", "instrumental"),
        ("piano and (guitar and harp)", "[piano & guitar & harp]"),
        ("piano^0, slow", "[piano^0 & slow]"),
    ],
)
def test_means(text, tree):
    assert shape(parse(text, WORDS)) == tree


def test_synonyms_and_contraries_are_one_meaning():
    vocals, none, voice = terms(parse("vocals, no vocals, voice", WORDS))
    assert vocals.word.meaning == none.word.meaning == voice.word.meaning
    assert (vocals.word.present, none.word.present, voice.word.present) == (True, False, True)
    msd = Vocabulary(MSD_TAGS)
    singing, instrumental = terms(parse("singing, instrumental", msd))
    assert singing.word.meaning == instrumental.word.meaning
    assert (singing.word.own, instrumental.word.own) == (False, True)


def test_terms_know_their_places():
    text = "piano and  not (no vocals ^2), (fast or slow)"
    cut = [text[term.start : term.end] for term in terms(parse(text, WORDS))]
    assert cut == ["piano", "not (no vocals ^2)", "fast", "slow"]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("slow, pianno", "pianno", "Unknown tag “pianno” at character 7: did you mean piano?"),
        ("femal voice", "femal voice", "did you mean female voice?"),
        ("pianno fast", "pianno", "did you mean piano?"),
        ("zzzz", "zzzz", "The list of tags says which there are."),
        ("piano fast", "fast", 'Write "and", "or" or a comma'),
        ("piano and", "and", "A tag is missing after “and” at character 7."),
        ("piano and or fast", "or", "There should be a tag before “or”"),
        (", piano", ",", "There should be a tag before “,” at character 1."),
        ("(piano", "(", "never closed"),
        ("piano)", ")", "No parenthesis is open"),
        ("()", ")", "There should be a tag before “)”"),
        ('piano, "slow', '"', "This quote is never closed."),
        ("piano^", "^", "comes a weight"),
        ("piano^fast", "fast", "comes a weight"),
        ("piano^2^3", "^", "second weight"),
        ("piano^1000", "1000", "at most 100"),
        ("piano^0", "piano^0", "nothing is asked for"),
        ("(piano and slow)^0 or fast^0", "(piano and slow)^0 or fast^0", "nothing is asked for"),
        ("  ", "  ", "For example: piano and not vocals, fast."),
    ],
)
def test_mistakes_are_pointed_at(text, place, says):
    with pytest.raises(QueryError) as caught:
        parse(text, WORDS)
    error = caught.value
    assert text[error.position : error.position + error.length] == place
    assert says in str(error)


def test_the_suggestion_can_stand_there_instead():
    with pytest.raises(QueryError) as caught:
        parse('slow, "sai ""no"""', WORDS)
    error = caught.value
    assert error.suggestion == '"say ""no"""'
    assert shape(parse(f"slow, {error.suggestion}", WORDS)) == '[slow & say "no"]'


def test_too_long_and_too_deep():
    for text in (
        "piano," * LONGEST,
        "(" * (DEEPEST + 1) + "piano" + ")" * (DEEPEST + 1),
        "not " * 200 + "piano",
    ):
        with pytest.raises(QueryError):
            parse(text, WORDS)
    assert shape(parse("(" * DEEPEST + "piano" + ")" * DEEPEST, WORDS)) == "piano"


weights = st.sampled_from([1.0, 0.5, 2.0, 0.125, HEAVIEST, 0.0])
leaves = st.builds(Term, st.sampled_from(list(WORDS)), st.booleans(), weights)


def groups(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    group = st.builds(
        lambda kind, own, weight: Group(kind, grouped(kind, own).parts, weight),
        st.sampled_from(["and", "or"]),
        st.lists(parts, min_size=2, max_size=4),
        weights,
    )
    return group | st.builds(
        lambda own, weight: Not(replace(own, weight=1.0), weight), group, weights
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.recursive(leaves, groups, max_leaves=8).filter(counts))
def test_what_is_written_is_understood_as_it_was_meant(node):
    again = parse(write(node), WORDS)
    assert again == node
    assert write(again) == write(node)


PIECES = ["piano", "no vocals", "and", "or", "not", ",", "(", ")", "^", "*", "2", '"', "zzz", "  "]


@settings(deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join))
@example('"' * 3)
@example("^²")
def test_never_crashes_and_points_into_the_text(text):
    try:
        node = parse(text, WORDS)
    except QueryError as error:
        assert 0 <= error.position <= error.position + error.length <= len(text)
        assert error.length or not text
    else:
        assert parse(write(node), WORDS) == node
