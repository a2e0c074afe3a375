"""What DynamoDB may answer besides yes: busy, left over, cancelled."""

from __future__ import annotations

from unittest.mock import ANY

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.domain.errors import StaleWriteError
from chalicelib.store import dynamo
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.table import Absent, ConditionFailedError, Equals, Put, Update

ROW = {"PK": "P", "SK": "1", "n": 1}
PACKED = {"PK": {"S": "P"}, "SK": {"S": "1"}, "n": {"N": "1"}}


@pytest.fixture
def client():
    return boto3.client("dynamodb", region_name="x", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def answers(client, monkeypatch):
    """The answers DynamoDB will give, in order; all of them are used up by the end of the test."""
    monkeypatch.setattr(dynamo, "_ATTEMPTS", 3)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def table(client):
    return DynamoTable(client, "T")


def cancelled(*codes):
    return {"CancellationReasons": [{"Code": code} for code in codes]}


def test_a_batch_is_read_until_nothing_is_left_over(table, answers):
    """Keys that DynamoDB did not get to are asked again, those alone."""
    left = {"T": {"Keys": [{"PK": {"S": "P"}, "SK": {"S": "2"}}], "ConsistentRead": True}}
    answers.add_response("batch_get_item", {"Responses": {"T": [PACKED]}, "UnprocessedKeys": left})
    second = PACKED | {"SK": {"S": "2"}}
    answers.add_response(
        "batch_get_item", {"Responses": {"T": [second]}, "UnprocessedKeys": {}}, {"RequestItems": left}
    )

    assert set(table.batch_get([("P", "1"), ("P", "2")])) == {("P", "1"), ("P", "2")}


def test_a_batch_is_written_until_nothing_is_left_over(table, answers):
    """Rows that DynamoDB did not take are sent again, those alone."""
    left = {"T": [{"PutRequest": {"Item": PACKED}}]}
    answers.add_response("batch_write_item", {"UnprocessedItems": left})
    answers.add_response("batch_write_item", {}, {"RequestItems": left})

    table.batch_put([ROW, ROW | {"SK": "2"}])


def test_a_batch_that_never_ends_is_given_up(table, answers):
    """After its attempts it says so instead of losing rows silently."""
    left = {"T": [{"PutRequest": {"Item": PACKED}}]}
    for _ in range(3):
        answers.add_response("batch_write_item", {"UnprocessedItems": left})

    with pytest.raises(StaleWriteError):
        table.batch_put([ROW])


def test_a_transaction_that_met_another_is_tried_again_with_its_token(table, client, answers):
    """The same token, so that a lost answer cannot add units twice."""
    tokens = []
    client.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems",
        lambda params, **_: tokens.append(params["ClientRequestToken"]),
    )
    conflict = cancelled("None", "TransactionConflict")
    answers.add_client_error("transact_write_items", "TransactionCanceledException", modeled_fields=conflict)
    answers.add_client_error("transact_write_items", "TransactionInProgressException")
    answers.add_response("transact_write_items", {})

    table.write([Put(ROW), Update(("P", "2"), add={"n": 1})])
    answers.add_response("transact_write_items", {})
    table.write([Put(ROW)])

    assert tokens[0] == tokens[1] == tokens[2] != tokens[3]


def test_writers_that_never_let_go_make_a_write_stale(table, answers):
    """The caller reads and decides again."""
    for _ in range(3):
        answers.add_client_error("update_item", "TransactionConflictException")

    with pytest.raises(StaleWriteError, match="busy"):
        table.update(Update(("P", "1"), add={"n": 1}))


def test_a_cancelled_transaction_says_which_condition_failed(table, answers):
    """A failed condition is final, whatever else was in the way."""
    reasons = {
        "CancellationReasons": [
            {"Code": "None"},
            {"Code": "ConditionalCheckFailed", "Item": PACKED},
            {"Code": "TransactionConflict"},
        ]
    }
    answers.add_client_error("transact_write_items", "TransactionCanceledException", modeled_fields=reasons)

    with pytest.raises(ConditionFailedError) as failed:
        table.write([Put(ROW), Put(ROW | {"SK": "2"}, Absent()), Put(ROW | {"SK": "3"})])

    assert failed.value.rows == (None, ROW, None)
    assert failed.value.places == (1,)


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "AccessDeniedException"])
def test_anything_else_is_loud(table, answers, code):
    """A wrong request is a bug and is not dressed up as a stale write."""
    answers.add_client_error("transact_write_items", code)
    answers.add_client_error("put_item", code)

    with pytest.raises(ClientError):
        table.write([Put(ROW)])
    with pytest.raises(ClientError):
        table.put(ROW)


def test_reads_are_consistent_except_through_the_index(table, answers):
    """DynamoDB refuses consistent reads of an index, and everything else asks for them."""
    answers.add_response("get_item", {}, {"TableName": "T", "Key": ANY, "ConsistentRead": True})
    common = {
        "TableName": "T",
        "KeyConditionExpression": "#0 = :0",
        "ExpressionAttributeValues": {":0": {"S": "P"}},
        "ScanIndexForward": True,
    }
    names = {"ExpressionAttributeNames": {"#0": "PK"}}
    answers.add_response("query", {"Items": []}, common | names | {"ConsistentRead": True})
    names = {"ExpressionAttributeNames": {"#0": "GSI1PK"}}
    answers.add_response("query", {"Items": []}, common | names | {"IndexName": "GSI1"})

    assert table.get(("P", "1")) is None
    assert list(table.query("P")) == []
    assert list(table.query("P", index="GSI1")) == []


def test_pages_are_read_as_they_are_asked_for(table, answers):
    """Taking the first row of a long partition reads one page."""
    answers.add_response("query", {"Items": [PACKED], "LastEvaluatedKey": {"PK": {"S": "P"}, "SK": {"S": "1"}}})

    assert next(table.query("P")) == ROW


def test_a_failed_condition_of_one_row_tells_the_row(table, answers):
    """As a transaction does."""
    answers.add_client_error("put_item", "ConditionalCheckFailedException", modeled_fields={"Item": PACKED})

    with pytest.raises(ConditionFailedError) as failed:
        table.put(ROW, Equals("n", 2))

    assert failed.value.rows == (ROW,)
