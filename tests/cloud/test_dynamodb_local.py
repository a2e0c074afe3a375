"""Amazon's own DynamoDB Local agrees with what the practice cloud promises."""

import pytest
from dynamodb_local import running_dynamodb_local
from test_repair import (
    Table,
    test_a_client_request_token_belongs_to_one_transaction,
    test_a_client_request_token_is_done_once,
    test_a_failed_transaction_names_each_step,
    test_a_failed_update_leaves_the_item_as_it_was,
    test_a_failing_transaction_loses_nobody_elses_write,
    test_a_step_that_cannot_be_done_takes_back_the_others,
    test_an_index_follows_every_kind_of_write,
    test_concurrent_increments_all_count,
    test_conditions_are_judged_before_any_step_is_done,
    test_money_moved_by_many_transactions_is_conserved,
    test_one_item_twice_in_a_transaction_is_refused,
    test_put_if_absent_has_one_winner,
)

__all__ = [
    "test_a_client_request_token_belongs_to_one_transaction",
    "test_a_client_request_token_is_done_once",
    "test_a_failed_transaction_names_each_step",
    "test_a_failed_update_leaves_the_item_as_it_was",
    "test_a_failing_transaction_loses_nobody_elses_write",
    "test_a_step_that_cannot_be_done_takes_back_the_others",
    "test_an_index_follows_every_kind_of_write",
    "test_concurrent_increments_all_count",
    "test_conditions_are_judged_before_any_step_is_done",
    "test_money_moved_by_many_transactions_is_conserved",
    "test_one_item_twice_in_a_transaction_is_refused",
    "test_put_if_absent_has_one_winner",
]
pytestmark = pytest.mark.dynamodb_local


@pytest.fixture(scope="module")
def judge():
    with running_dynamodb_local() as endpoint:
        yield endpoint


@pytest.fixture
def table(judge):
    return Table(judge)
