"""The practice cloud keeps the promises of DynamoDB and SQS when several workers use it at once."""

import random
import threading
import time
import uuid

import moto
import pytest
from botocore.exceptions import ClientError

from sandbox.cloud import repair
from sandbox.cloud.resources import client

KEYS = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
INDEX_KEYS = [{"AttributeName": "GSI1PK", "KeyType": "HASH"}, {"AttributeName": "GSI1SK", "KeyType": "RANGE"}]


class Table:
    """A fresh table and the few calls these tests make."""

    def __init__(self, endpoint):
        self.endpoint, self.name = endpoint, f"t-{uuid.uuid4().hex[:12]}"
        self.dynamodb = client(endpoint, "dynamodb")
        self.dynamodb.create_table(
            TableName=self.name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")
            ],
            KeySchema=KEYS,
            GlobalSecondaryIndexes=[
                {"IndexName": "GSI1", "KeySchema": INDEX_KEYS, "Projection": {"ProjectionType": "ALL"}}
            ],
        )

    def put(self, pk, sk, dynamodb=None, **more):
        item = {"PK": {"S": pk}, "SK": {"S": sk}, **more}
        (dynamodb or self.dynamodb).put_item(TableName=self.name, Item=item)

    def get(self, pk, sk):
        return self.dynamodb.get_item(TableName=self.name, Key=self.key(pk, sk), ConsistentRead=True).get("Item")

    def key(self, pk, sk):
        return {"PK": {"S": pk}, "SK": {"S": sk}}

    def add(self, pk, sk, amount, **more):
        return {
            "Update": {
                "TableName": self.name,
                "Key": self.key(pk, sk),
                "UpdateExpression": "ADD amount :n",
                "ExpressionAttributeValues": {":n": {"N": str(amount)}, **more.pop("values", {})},
                **more,
            }
        }

    def put_new(self, pk, sk, **more):
        return {
            "Put": {
                "TableName": self.name,
                "Item": {**self.key(pk, sk), **more},
                "ConditionExpression": "attribute_not_exists(PK)",
            }
        }

    def rows(self, pk):
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )
        return [item for page in pages for item in page["Items"]]

    def by_index(self, value):
        answer = self.dynamodb.query(
            TableName=self.name,
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :pk",
            ExpressionAttributeValues={":pk": {"S": value}},
        )
        return [item["SK"]["S"] for item in answer["Items"]]


@pytest.fixture
def table(cloud):
    return Table(cloud.endpoint)


def together(*jobs):
    """Runs the jobs at the same time, each in its own thread, and waits for all."""
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def code_of(call, *args, **kwargs):
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    return caught.value.response["Error"]["Code"]


def test_a_failing_transaction_loses_nobody_elses_write(table):
    """Every acknowledged put is there, though transactions on the same table failed all the while."""
    acknowledged, writing, failures = set(), threading.Event(), []

    def write(worker):
        dynamodb = client(table.endpoint, "dynamodb")
        for number in range(60):
            table.put(f"writer-{worker}", f"{number:03}", dynamodb)
            acknowledged.add((f"writer-{worker}", f"{number:03}"))

    def fail():
        dynamodb = client(table.endpoint, "dynamodb")
        while not writing.is_set():
            failures.append(code_of(dynamodb.transact_write_items, TransactItems=[table.put_new("seed", "0")]))

    def write_all():
        together(*[lambda n=n: write(n) for n in range(3)])
        writing.set()

    table.put("seed", "0")
    together(write_all, fail, fail)

    kept = {(row["PK"]["S"], row["SK"]["S"]) for n in range(3) for row in table.rows(f"writer-{n}")}
    assert kept == acknowledged
    assert len(acknowledged) == 180
    assert set(failures) == {"TransactionCanceledException"}


def test_money_moved_by_many_transactions_is_conserved(table):
    """Six workers move satang between four purses; the sum stays, and no purse goes below zero."""
    purses = "abcd"
    for purse in purses:
        table.put("purse", purse, amount={"N": "50"})

    def move(seed):
        dynamodb, dice = client(table.endpoint, "dynamodb"), random.Random(seed)
        for _ in range(12):
            source, target = dice.sample(purses, 2)
            enough = {"ConditionExpression": "amount >= :least", "values": {":least": {"N": "7"}}}
            steps = [table.add("purse", source, -7, **enough), table.add("purse", target, 7)]
            try:
                dynamodb.transact_write_items(TransactItems=steps)
            except ClientError as error:
                assert error.response["Error"]["Code"] == "TransactionCanceledException"  # noqa: PT017

    together(*[lambda seed=seed: move(seed) for seed in range(6)])

    amounts = [int(row["amount"]["N"]) for row in table.rows("purse")]
    assert sum(amounts) == 200
    assert min(amounts) >= 0


def test_concurrent_increments_all_count(table):
    """Four workers add one, thirty times each; the counter says 120."""

    def count():
        dynamodb = client(table.endpoint, "dynamodb")
        for _ in range(30):
            dynamodb.update_item(**table.add("counter", "1", 1)["Update"])

    together(count, count, count, count)

    assert table.get("counter", "1")["amount"] == {"N": "120"}


def test_put_if_absent_has_one_winner(table):
    """Of four workers that create the same item, one succeeds, every time."""
    winners, start = [], threading.Barrier(4)

    def create():
        dynamodb = client(table.endpoint, "dynamodb")
        for number in range(20):
            start.wait()
            try:
                dynamodb.put_item(**table.put_new("race", str(number))["Put"])
                winners.append(number)
            except ClientError:
                pass

    together(create, create, create, create)

    assert sorted(winners) == list(range(20))


def test_a_client_request_token_is_done_once(table):
    """The same token and transaction again is answered like the first, and adds nothing."""
    for _ in range(2):
        table.dynamodb.transact_write_items(
            TransactItems=[table.add("idem", "1", 5)], ClientRequestToken="token-" + table.name
        )

    assert table.get("idem", "1")["amount"] == {"N": "5"}


def test_a_client_request_token_belongs_to_one_transaction(table):
    """The same token with another transaction is refused by the name AWS gives it."""
    token = "token-" + table.name
    table.dynamodb.transact_write_items(TransactItems=[table.add("idem", "1", 5)], ClientRequestToken=token)

    code = code_of(
        table.dynamodb.transact_write_items, TransactItems=[table.add("idem", "1", 6)], ClientRequestToken=token
    )

    assert code == "IdempotentParameterMismatchException"
    assert table.get("idem", "1")["amount"] == {"N": "5"}


def test_a_failed_transaction_names_each_step(table):
    """Reasons come in the order of the steps, with the item that stood in the way when it was asked for."""
    table.put("order", "1", status={"S": "paid"})
    taken = table.put_new("order", "1")
    taken["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"

    with pytest.raises(ClientError) as caught:
        table.dynamodb.transact_write_items(TransactItems=[table.put_new("order", "2"), taken])

    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["status"] == {"S": "paid"}
    assert table.get("order", "2") is None


def test_conditions_are_judged_before_any_step_is_done(table):
    """A step does not see what an earlier step of its own transaction writes."""
    seen = {
        "ConditionCheck": {
            "TableName": table.name,
            "Key": table.key("a", "1"),
            "ConditionExpression": "attribute_exists(PK)",
        }
    }

    code = code_of(table.dynamodb.transact_write_items, TransactItems=[table.put_new("b", "1"), seen])

    assert code == "TransactionCanceledException"
    assert table.get("b", "1") is None


def test_a_step_that_cannot_be_done_takes_back_the_others(table):
    """Adding a number to a word fails after the first step was written; that step is gone again."""
    table.put("word", "1", amount={"S": "many"})

    code = code_of(
        table.dynamodb.transact_write_items,
        TransactItems=[table.put_new("first", "1", GSI1PK={"S": "g"}, GSI1SK={"S": "1"}), table.add("word", "1", 1)],
    )

    assert code in {"ValidationException", "TransactionCanceledException"}
    assert table.get("first", "1") is None
    assert table.by_index("g") == []
    assert table.get("word", "1")["amount"] == {"S": "many"}


def test_one_item_twice_in_a_transaction_is_refused(table):
    """AWS allows one operation per item; so does the practice cloud, and it does neither."""
    code = code_of(table.dynamodb.transact_write_items, TransactItems=[table.add("x", "1", 1), table.add("x", "1", 1)])

    assert code == "ValidationException"
    assert table.get("x", "1") is None


def test_a_failed_update_leaves_the_item_as_it_was(table):
    """An update whose second half fails has not done its first half either."""
    table.put("word", "1", amount={"S": "many"})

    code = code_of(
        table.dynamodb.update_item,
        TableName=table.name,
        Key=table.key("word", "1"),
        UpdateExpression="SET note = :note ADD amount :n",
        ExpressionAttributeValues={":note": {"S": "half"}, ":n": {"N": "1"}},
    )

    assert code == "ValidationException"
    assert "note" not in table.get("word", "1")


def test_an_index_follows_every_kind_of_write(table):
    """Put, update, batch, transaction and delete are all seen through the index, in its order."""
    for number in range(4):
        table.put("p", str(number), GSI1PK={"S": "open"}, GSI1SK={"S": str(9 - number)})
    table.dynamodb.update_item(
        TableName=table.name,
        Key=table.key("p", "0"),
        UpdateExpression="SET GSI1PK = :closed",
        ExpressionAttributeValues={":closed": {"S": "closed"}},
    )
    batch = [{"DeleteRequest": {"Key": table.key("p", "1")}}]
    table.dynamodb.batch_write_item(RequestItems={table.name: batch})
    closing = {"Put": {"TableName": table.name, "Item": {**table.key("p", "2"), "GSI1PK": {"S": "none"}}}}
    table.dynamodb.transact_write_items(TransactItems=[closing])

    assert table.by_index("open") == ["3"]
    assert table.by_index("closed") == ["0"]
    assert table.by_index("none") == []  # Without the index's range attribute it is not in the index.


def test_expired_items_go_when_their_time_is_past():
    """Only items whose TTL number lies in the past go; a missing or future one stays."""
    repair.apply()
    with moto.mock_aws():
        dynamodb = moto_table("expiring")
        for sk, ttl in (("past", "1000"), ("future", "5000"), ("word", None)):
            more = {"ttl": {"N": ttl}} if ttl else {"ttl": {"S": "1000"}}
            dynamodb.put_item(TableName="expiring", Item={"PK": {"S": "p"}, "SK": {"S": sk}, **more})

        gone = repair.expire(now_s=2000)

        left = {item["SK"]["S"] for item in dynamodb.scan(TableName="expiring")["Items"]}
    assert gone == 1
    assert left == {"future", "word"}


def moto_table(name):
    import boto3

    dynamodb = boto3.client("dynamodb", region_name="ap-southeast-1")
    attributes = [{"AttributeName": key, "AttributeType": "S"} for key in ("PK", "SK")]
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=attributes, KeySchema=KEYS
    )
    ttl = {"AttributeName": "ttl", "Enabled": True}
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
    return dynamodb


def test_a_message_goes_to_one_receiver_at_a_time(cloud, sqs):
    """Four receivers empty a queue together; no message is handed out twice."""
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    for start in range(0, 40, 10):
        entries = [{"Id": str(n), "MessageBody": str(start + n)} for n in range(10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    bodies = []

    def receive():
        receiver = client(cloud.endpoint, "sqs")
        while found := receiver.receive_message(QueueUrl=url, MaxNumberOfMessages=3).get("Messages", []):
            bodies.extend(message["Body"] for message in found)

    together(receive, receive, receive, receive)

    assert sorted(bodies, key=int) == [str(number) for number in range(40)]


def test_a_long_poll_wakes_for_a_delayed_message(sqs):
    """Nothing before its delay, then within a moment: the receiver need not ask again."""
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)
    started = time.monotonic()

    found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5).get("Messages", [])

    assert [message["Body"] for message in found] == ["later"]
    assert 0.8 < time.monotonic() - started < 3


def test_an_unknown_moto_is_refused(monkeypatch):
    """The repairs reach into moto's inside, so they only agree to the version they were written against."""
    monkeypatch.setattr(moto, "__version__", "6.0.0")

    with pytest.raises(RuntimeError, match=r"6\.0\.0"):
        repair.apply()


def test_an_item_of_more_than_four_hundred_kilobytes_is_refused(cloud):
    """Measured once for the whole item: many small attributes count as one large one does."""
    table = Table(cloud.endpoint)
    table.put("a", "fits", **{f"part{number}": {"S": "x" * 1000} for number in range(390)})
    for parts, each in ((1, 410_000), (410, 1000)):
        with pytest.raises(ClientError, match="maximum allowed size"):
            table.put("a", "large", **{f"part{number}": {"S": "x" * each} for number in range(parts)})
    assert table.get("a", "large") is None


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("index", ["", "GSI1"])
def test_pages_of_a_large_partition_hold_every_row_once_and_in_order(cloud, index, forward):
    """Also where many rows share a range key of the index, and where a page begins among them."""
    table, rows = Table(cloud.endpoint), 620
    requests = [
        {"PutRequest": {"Item": {**table.key("p", f"{number:04}"), "GSI1PK": {"S": "i"}, "GSI1SK": {"S": same}}}}
        for number in range(rows)
        for same in [f"{number // 7:04}"]
    ]
    for first in range(0, rows, 25):
        table.dynamodb.batch_write_item(RequestItems={table.name: requests[first : first + 25]})
    asked = {
        "TableName": table.name,
        "Limit": 90,
        "ScanIndexForward": forward,
        "KeyConditionExpression": "#p = :p AND #s BETWEEN :low AND :high",
        "ExpressionAttributeNames": {"#p": "GSI1PK" if index else "PK", "#s": "GSI1SK" if index else "SK"},
        "ExpressionAttributeValues": {
            ":p": {"S": "i" if index else "p"},
            ":low": {"S": "0002"},
            ":high": {"S": "0080"} if index else {"S": "0600"},
        },
        **({"IndexName": index} if index else {}),
    }
    seen, start = [], {}
    while start is not None:
        answer = table.dynamodb.query(**asked, **({"ExclusiveStartKey": start} if start else {}))
        seen += [item["SK"]["S"] for item in answer["Items"]]
        start = answer.get("LastEvaluatedKey")
        assert start is None or len(answer["Items"]) == 90
    wanted = range(14, 567) if index else range(2, 601)
    assert seen == [f"{number:04}" for number in (wanted if forward else reversed(wanted))]
