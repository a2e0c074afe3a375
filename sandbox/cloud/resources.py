"""Makes the tables, queues, bucket, key and user pool of infra/resources.yaml through plain SDK calls.

moto's own CloudFormation drops settings and fails on a whole stack, so the description is read here instead;
there is still only one. Everything is found again when it already exists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra import template as infra_template

REGION = "ap-southeast-1"
ACCOUNT = "123456789012"
STACK = "pinto-local"

# Nobody is woken by a practice cloud, and its bucket is on this machine.
NOT_HERE = frozenset({"AWS::CloudWatch::Alarm", "AWS::S3::BucketPolicy", "AWS::SNS::Topic"})


@dataclass(frozen=True)
class Made:
    """A resource that exists: what Ref gives, and what GetAtt gives."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def credentials(endpoint: str) -> dict[str, str]:
    """Environment that points any boto3 in any process at the practice cloud, and nowhere else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def client(endpoint: str, service: str) -> Any:
    """A boto3 client of the practice cloud that needs no environment."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  moto asks for any value
    )


def provision(endpoint: str, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
    """Makes what is missing and returns the environment of the functions, AWS_* included.

    `parameters` replaces defaults of the template, such as PublicUrl.
    """
    stack = Stack(endpoint, infra_template.load(), parameters or {})
    for logical_id in stack.template.resources:
        stack.make(logical_id)
    variables = {name: str(stack.resolve(value)) for name, value in stack.template.environment.items()}
    return {**credentials(endpoint), **variables}


def physical_name(logical_id: str) -> str:
    """Name of an unnamed resource; CloudFormation would add random letters, here it stays the same."""
    return f"{STACK}-{logical_id}"


class Stack:
    """One description being made real; each resource is made when something first needs it."""

    def __init__(self, endpoint: str, template: infra_template.Template, parameters: Mapping[str, str]) -> None:
        self.template = template
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._made: dict[str, Made] = {}
        self._values = {
            **template.parameters,
            **parameters,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackName": STACK,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def client(self, service: str) -> Any:
        """The stack's client for a service, made once."""
        if service not in self._clients:
            self._clients[service] = client(self._endpoint, service)
        return self._clients[service]

    def make(self, logical_id: str) -> Made:
        """The resource exists; made now unless it was there.

        Raises: KeyError for a kind of resource this stack does not know how to make.
        """
        if logical_id not in self._made:
            body = self.template.resources[logical_id]
            make = (lambda *_: Made(logical_id)) if body["Type"] in NOT_HERE else _MAKERS[body["Type"]]
            properties = {} if body["Type"] in NOT_HERE else self.resolve(body.get("Properties", {}))
            self._made[logical_id] = make(self, logical_id, properties)
        return self._made[logical_id]

    def resolve(self, value: Any) -> Any:
        """`value` with every Ref, Fn::GetAtt and Fn::Sub replaced by what it stands for."""
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if value.keys() == {"Ref"}:
            return self._reference(value["Ref"])
        if value.keys() == {"Fn::GetAtt"}:
            logical_id, attribute = value["Fn::GetAtt"]
            return self.make(logical_id).attributes[attribute]
        if value.keys() == {"Fn::Sub"}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: self._reference(found[1]), value["Fn::Sub"])
        return {key: self.resolve(item) for key, item in value.items()}

    def _reference(self, name: str) -> str:
        if name in self._values:
            return self._values[name]
        logical_id, _, attribute = name.partition(".")
        made = self.make(logical_id)
        return made.attributes[attribute] if attribute else made.ref


def _table(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    dynamodb, name = stack.client("dynamodb"), properties.get("TableName", physical_name(logical_id))
    described_apart = ("TimeToLiveSpecification", "PointInTimeRecoverySpecification")
    definition = {key: value for key, value in properties.items() if key not in described_apart}
    if "SSESpecification" in definition:
        definition["SSESpecification"] = _renamed(definition["SSESpecification"], SSEEnabled="Enabled")
    try:
        made = dynamodb.create_table(**{**definition, "TableName": name})["TableDescription"]
    except dynamodb.exceptions.ResourceInUseException:
        made = dynamodb.describe_table(TableName=name)["Table"]
    if "TimeToLiveSpecification" in properties:
        ttl = properties["TimeToLiveSpecification"]
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
    if "PointInTimeRecoverySpecification" in properties:
        recovery = properties["PointInTimeRecoverySpecification"]
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    return Made(name, {"Arn": made["TableArn"]})


def _queue(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    sqs, name = stack.client("sqs"), properties.get("QueueName", physical_name(logical_id))
    attributes = {
        key: json.dumps(value) if isinstance(value, dict) else str(value).lower()
        for key, value in properties.items()
        if key != "QueueName"
    }
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    except sqs.exceptions.QueueDoesNotExist:
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Made(url, {"Arn": arn, "QueueName": name})


def _bucket(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    s3, name = stack.client("s3"), properties.get("BucketName", physical_name(logical_id).lower())
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    blocked = properties["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocked)
    rules = [
        _renamed(rule, MaxAge="MaxAgeSeconds") for rule in properties.get("CorsConfiguration", {}).get("CorsRules", [])
    ]
    if rules:
        s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    return Made(name, {"Arn": f"arn:aws:s3:::{name}"})


def _renamed(properties: dict[str, Any], **names: str) -> dict[str, Any]:
    """CloudFormation and the SDK name a few settings differently."""
    return {names.get(key, key): value for key, value in properties.items()}


def _key(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    """Found again by its alias: a key's id is made up by KMS."""
    kms = stack.client("kms")
    try:
        found = kms.describe_key(KeyId=_alias_of(stack, logical_id))["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        policy, description = json.dumps(properties["KeyPolicy"]), properties.get("Description", "")
        found = kms.create_key(Policy=policy, Description=description)["KeyMetadata"]
    return Made(found["KeyId"], {"Arn": found["Arn"]})


def _alias_of(stack: Stack, key: str) -> str:
    """Name of the alias that the template gives a key; each of ours has one."""
    return next(
        str(stack.resolve(body["Properties"]["AliasName"]))
        for body in stack.template.resources.values()
        if body["Type"] == "AWS::KMS::Alias" and body["Properties"]["TargetKeyId"] == {"Ref": key}
    )


def _alias(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    kms, name = stack.client("kms"), properties["AliasName"]
    known = {alias["AliasName"] for alias in kms.list_aliases()["Aliases"]}
    call = kms.update_alias if name in known else kms.create_alias
    call(AliasName=name, TargetKeyId=properties["TargetKeyId"])
    return Made(name)


def _user_pool(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    cognito, name = stack.client("cognito-idp"), properties.pop("UserPoolName", physical_name(logical_id))
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    known = next((pool["Id"] for pool in pools if pool["Name"] == name), None)
    pool_id = known or cognito.create_user_pool(PoolName=name, **properties)["UserPool"]["Id"]
    return Made(pool_id, {"Arn": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool_id}"})


def _user_pool_client(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    cognito, pool_id = stack.client("cognito-idp"), properties["UserPoolId"]
    clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    name = properties["ClientName"]
    known = next((found["ClientId"] for found in clients if found["ClientName"] == name), None)
    return Made(known or cognito.create_user_pool_client(**properties)["UserPoolClient"]["ClientId"])


def _group(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Made:
    cognito = stack.client("cognito-idp")
    try:
        cognito.create_group(**properties)
    except cognito.exceptions.GroupExistsException:
        cognito.update_group(**properties)
    return Made(properties["GroupName"])


_MAKERS = {
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::Cognito::UserPoolClient": _user_pool_client,
    "AWS::Cognito::UserPoolGroup": _group,
    "AWS::DynamoDB::Table": _table,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::S3::Bucket": _bucket,
    "AWS::SQS::Queue": _queue,
}
