from __future__ import annotations

import pytest
from pydantic import ValidationError

from str_pipelines.params import Names, Params


class Below(Params):
    depth: int = 1


class Block(Params):
    names: Names = ()
    learning_rate: float = 0.1
    below: Below = Below()


def test_a_list_may_be_one_string_with_blanks() -> None:
    assert Block.model_validate({"names": " ic13  ic15 "}).names == ("ic13", "ic15")
    assert Block.model_validate({"names": ["ic13", "shop sign"]}).names == ("ic13", "shop sign")
    assert Block.model_validate({"names": ""}).names == ()
    with pytest.raises(ValidationError, match="valid string"):
        Block.model_validate({"names": [13]})


def test_a_misspelt_key_is_refused_with_the_nearest_one_at_any_depth() -> None:
    with pytest.raises(ValidationError, match="there is no 'lerning_rate'; did you mean 'learning_rate'?"):
        Block.model_validate({"lerning_rate": 1})
    with pytest.raises(ValidationError, match=r"below\n.*there is no 'dept'; did you mean 'depth'?"):
        Block.model_validate({"below": {"dept": 3}})


def test_a_block_does_not_change() -> None:
    block = Block()
    with pytest.raises(ValidationError, match="frozen"):
        block.learning_rate = 2
    assert hash(block) == hash(Block())
