"""The practice cloud is made from resources.yaml and remembers what people would miss."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from infra import template
from infra.template import ROOT
from sandbox.cloud import resources
from sandbox.cloud.persistence import keep_items
from sandbox.cloud.resources import client, provision
from sandbox.cloud.running import running_cloud

EMAIL, PHRASE = "somsri@example.com", "thai silk village"


def test_every_variable_of_the_functions_is_there(cloud):
    """The environment has each variable that resources.yaml gives the functions, none of them empty."""
    assert set(template.load().environment) <= set(cloud.environment)
    assert all(cloud.environment.values())
    assert cloud.environment["AWS_ENDPOINT_URL"] == cloud.endpoint


def test_the_table_is_as_described(cloud):
    """Keys, index, expiry, recovery and encryption are those of the description."""
    dynamodb, name = client(cloud.endpoint, "dynamodb"), cloud.environment["PINTO_TABLE"]
    described = dynamodb.describe_table(TableName=name)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]

    assert [key["AttributeName"] for key in described["KeySchema"]] == ["PK", "SK"]
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == ["GSI1"]
    assert described["SSEDescription"]["Status"] == "ENABLED"
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.parametrize("lane", ["Urgent", "Bulk", "Money"])
def test_each_lane_has_dead_letters_of_its_own(sqs, lane):
    """After five receives a message of a lane goes to that lane's dead letters."""
    url = sqs.get_queue_url(QueueName=resources.physical_name(f"{lane}Queue"))["QueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]

    assert json.loads(policy)["deadLetterTargetArn"].endswith(f":pinto-local-{lane}DeadLetters")
    assert json.loads(policy)["maxReceiveCount"] == 5


def test_files_are_private(cloud):
    """Nothing in the bucket can be made public."""
    s3 = client(cloud.endpoint, "s3")
    answer = s3.get_public_access_block(Bucket=cloud.environment["PINTO_BUCKET"])

    assert all(answer["PublicAccessBlockConfiguration"].values())


def test_the_bucket_answers_the_consoles_origin(cloud):
    """As the description says: the public address may post into it."""
    environment = provision(cloud.endpoint, {"PublicUrl": "http://127.0.0.1:8000"})
    (rule,) = client(cloud.endpoint, "s3").get_bucket_cors(Bucket=environment["PINTO_BUCKET"])["CORSRules"]

    assert rule["AllowedOrigins"] == ["http://127.0.0.1:8000"]
    assert "POST" in rule["AllowedMethods"]


def test_people_have_groups_and_a_community(cloud):
    """A seller signs in with e-mail and phrase; pool, groups and attribute come from the description."""
    cognito, pool = client(cloud.endpoint, "cognito-idp"), cloud.environment["PINTO_USER_POOL_ID"]
    _invite(cognito, pool)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=EMAIL, GroupName="seller")

    groups = {group["GroupName"] for group in cognito.list_groups(UserPoolId=pool)["Groups"]}
    person = cognito.admin_get_user(UserPoolId=pool, Username=EMAIL)

    assert groups == {"seller", "partner", "staff", "admin"}
    assert {"Name": "custom:community", "Value": "C1"} in person["UserAttributes"]
    assert _sign_in(cognito, cloud.environment)


def test_made_again_everything_is_found(cloud):
    """A second provision changes no name and no id."""
    assert provision(cloud.endpoint) == cloud.environment


def test_a_parameter_replaces_its_default(cloud):
    """The public address is the caller's, everything else stays."""
    environment = provision(cloud.endpoint, {"PublicUrl": "http://127.0.0.1:8000"})

    assert environment["PINTO_PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert environment["PINTO_KEY_ID"] == cloud.environment["PINTO_KEY_ID"]


def _invite(cognito, pool):
    attributes = [{"Name": "email", "Value": EMAIL}, {"Name": "custom:community", "Value": "C1"}]
    cognito.admin_create_user(UserPoolId=pool, Username=EMAIL, UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=EMAIL, Password=PHRASE, Permanent=True)


def _sign_in(cognito, environment):
    answer = cognito.initiate_auth(
        ClientId=environment["PINTO_USER_POOL_CLIENT_ID"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": EMAIL, "PASSWORD": PHRASE},
    )
    return answer["AuthenticationResult"]


def test_what_was_kept_is_there_after_a_restart(tmp_path):
    """Encrypted tokens can be opened, items queried by index, files read, and people sign in as before."""
    with running_cloud(tmp_path) as first:
        _fill(first)
    with running_cloud(tmp_path) as second:
        stable = {name for name in first.environment if not name.endswith("_URL")}
        assert {name: second.environment[name] for name in stable} == {n: first.environment[n] for n in stable}
        _check(second)
        _empty(second)
    with running_cloud(tmp_path) as third:
        environment = third.environment
        assert client(third.endpoint, "dynamodb").scan(TableName=environment["PINTO_TABLE"])["Count"] == 0
        assert client(third.endpoint, "s3").list_objects_v2(Bucket=environment["PINTO_BUCKET"])["KeyCount"] == 0


def _fill(cloud):
    environment = cloud.environment
    token = client(cloud.endpoint, "kms").encrypt(KeyId=environment["PINTO_KEY_ID"], Plaintext=b"access-token")
    item = {
        "PK": {"S": "SHOP#1"},
        "SK": {"S": "TOKEN"},
        "GSI1PK": {"S": "SHOPS"},
        "GSI1SK": {"S": "1"},
        "sealed": {"B": token["CiphertextBlob"]},
        "more": {"M": {"numbers": {"L": [{"N": "1.5"}, {"NULL": True}, {"B": b"\x00"}]}}},
        "set": {"SS": ["a", "b"]},
    }
    client(cloud.endpoint, "dynamodb").put_item(TableName=environment["PINTO_TABLE"], Item=item)
    client(cloud.endpoint, "s3").put_object(
        Bucket=environment["PINTO_BUCKET"], Key="photos/ข้าว.jpg", Body=b"photo", ContentType="image/jpeg"
    )
    _invite(client(cloud.endpoint, "cognito-idp"), environment["PINTO_USER_POOL_ID"])


def _check(cloud):
    environment = cloud.environment
    (item,) = client(cloud.endpoint, "dynamodb").query(
        TableName=environment["PINTO_TABLE"],
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :shops",
        ExpressionAttributeValues={":shops": {"S": "SHOPS"}},
    )["Items"]
    opened = client(cloud.endpoint, "kms").decrypt(CiphertextBlob=item["sealed"]["B"])
    photo = client(cloud.endpoint, "s3").get_object(Bucket=environment["PINTO_BUCKET"], Key="photos/ข้าว.jpg")
    assert opened["Plaintext"] == b"access-token"
    assert item["more"] == {"M": {"numbers": {"L": [{"N": "1.5"}, {"NULL": True}, {"B": b"\x00"}]}}}
    assert item["set"] == {"SS": ["a", "b"]}
    assert (photo["ContentType"], photo["Body"].read()) == ("image/jpeg", b"photo")
    assert _sign_in(client(cloud.endpoint, "cognito-idp"), environment)


def _empty(cloud):
    environment = cloud.environment
    key = {"PK": {"S": "SHOP#1"}, "SK": {"S": "TOKEN"}}
    client(cloud.endpoint, "dynamodb").delete_item(TableName=environment["PINTO_TABLE"], Key=key)
    client(cloud.endpoint, "s3").delete_object(Bucket=environment["PINTO_BUCKET"], Key="photos/ข้าว.jpg")


def test_items_laid_into_the_file_are_found_as_if_they_had_been_put(tmp_path):
    """By key and by index; what is put afterwards is kept beside them."""
    arn = f"arn:aws:dynamodb:{resources.REGION}:{resources.ACCOUNT}:table/{resources.physical_name('MainTable')}"
    laid = [
        {"PK": {"S": "LOG"}, "SK": {"S": f"{number:03}"}, "GSI1PK": {"S": "DAY"}, "GSI1SK": {"S": f"{number:03}"}}
        for number in range(50)
    ]
    laid[7] |= {"said": {"S": "ข้าว"}, "sealed": {"B": b"\x00\x01"}, "count": {"N": "7"}}
    keep_items(tmp_path, arn, ("PK", "SK"), laid)
    with running_cloud(tmp_path) as cloud:
        dynamodb, name = client(cloud.endpoint, "dynamodb"), cloud.environment["PINTO_TABLE"]
        key = {"PK": laid[7]["PK"], "SK": laid[7]["SK"]}
        assert dynamodb.get_item(TableName=name, Key=key, ConsistentRead=True)["Item"] == laid[7]
        asked = {"KeyConditionExpression": "GSI1PK = :day", "ExpressionAttributeValues": {":day": {"S": "DAY"}}}
        assert dynamodb.query(TableName=name, IndexName="GSI1", **asked)["Items"] == laid
        dynamodb.put_item(TableName=name, Item={"PK": {"S": "LOG"}, "SK": {"S": "later"}})
    with running_cloud(tmp_path) as again:
        assert client(again.endpoint, "dynamodb").scan(TableName=name, Select="COUNT")["Count"] == 51


@contextmanager
def _server(data):
    command = [sys.executable, "-m", "sandbox.cloud.server", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            yield process, json.loads(process.stdout.readline())["endpoint"]
        finally:
            process.kill()


def test_asked_to_end_it_keeps_what_it_acknowledged_a_moment_ago(tmp_path):
    """SIGTERM right after a write loses nothing and ends the process well."""
    with _server(tmp_path) as (process, endpoint):
        table = provision(endpoint)["PINTO_TABLE"]
        item = {"PK": {"S": "a"}, "SK": {"S": "b"}}
        client(endpoint, "dynamodb").put_item(TableName=table, Item=item)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0

    with running_cloud(tmp_path) as again:
        assert client(again.endpoint, "dynamodb").scan(TableName=table)["Items"] == [item]


def test_it_ends_with_the_process_that_started_it(tmp_path):
    """When its standard input closes, the server stops by itself."""
    read, write = os.pipe()
    command = [sys.executable, "-m", "sandbox.cloud.server", "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=read, stdout=subprocess.PIPE, cwd=ROOT) as process:
        os.close(read)
        assert process.stdout.readline()
        os.close(write)

        assert process.wait(20) == 0
