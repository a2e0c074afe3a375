"""What `chalice package` hands to AWS is whole, legal and as narrow as it can be."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from chalice.app import Chalice
from infra_project import REGION, copy_project, package

from chalicelib.domain.people import SHORTEST_PASSWORD
from chalicelib.store import imports
from chalicelib.web import routes
from chalicelib.web.access import RULES
from chalicelib.web.views import passwords
from infra import prune, settings, template
from infra.template import ROOT

LANES = ("urgent_lane", "bulk_lane", "money_lane")
SCHEDULED = ("poll_orders", "sweep", "refresh_tokens", "nightly_balance")
FUNCTIONS = ("api_handler", *LANES, *SCHEDULED)


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    return package(copy_project(tmp_path_factory.mktemp("project")))


@pytest.fixture(scope="module")
def resources(packaged):
    return packaged[0]["Resources"]


def of_type(resources, kind):
    return {name: body for name, body in resources.items() if body["Type"] == kind}


def logical(function):
    """Chalice renames the API's function when it writes the template."""
    return "APIHandler" if function == "api_handler" else template.logical_id(function)


def test_cfn_lint_accepts_the_merged_template(packaged):
    """No error and no warning in the region Pinto runs in."""
    command = [Path(sys.executable).with_name("cfn-lint"), "--regions", REGION, "--", str(packaged[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_function_of_app_is_configured_and_the_other_way_round(resources):
    """Chalice ignores a setting for a function it does not know; here both lists are the same."""
    assert settings.unknown_functions(settings.load(), FUNCTIONS) == []
    assert set(of_type(resources, "AWS::Serverless::Function")) == {logical(name) for name in FUNCTIONS}


def test_every_setting_is_one_chalice_reads():
    """Chalice ignores a key it does not know, so there is none."""
    assert settings.unknown_keys(settings.load()) == []


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({"lambda_memory_sise": 1}, ["lambda_memory_sise"]),
        ({"stages": {"dev": {"lambda_timout": 1}}}, ["stages.dev.lambda_timout"]),
        ({"lambda_functions": {"sweep": {"timeout": 1}}}, ["lambda_functions.sweep.timeout"]),
        (
            {"stages": {"dev": {"lambda_functions": {"sweep": {"xray": True}}}}},
            ["stages.dev.lambda_functions.sweep.xray"],
        ),
    ],
)
def test_a_mistyped_setting_is_found(config, found):
    """Wherever it stands, a key that Chalice would ignore is named with its place."""
    assert settings.unknown_keys(config) == found


def test_a_mistyped_function_is_found():
    """A function that is configured but not written, and one that is written but not configured."""
    config = {"lambda_functions": {"sweep": {}}, "stages": {"dev": {"lambda_functions": {"swep": {}}}}}

    assert settings.unknown_functions(config, ["sweep", "poll_orders"]) == ["poll_orders", "swep"]


def test_functions_run_on_arm_with_time_and_memory_of_their_own(resources):
    """Processor, memory and timeout in the template are those of .chalice/config.json."""
    config = settings.load()
    for function in FUNCTIONS:
        properties = resources[logical(function)]["Properties"]
        wanted = [
            settings.function_setting(config, "prod", function, f"lambda_{key}") for key in ("memory_size", "timeout")
        ]
        assert [properties["MemorySize"], properties["Timeout"]] == wanted
        assert properties["Architectures"] == ["arm64"]


@pytest.mark.parametrize("lane", LANES)
def test_a_lane_reads_its_own_queue_and_reports_single_failures(resources, lane):
    """The event source names our queue (not a guessed ARN) and asks for partial batch answers."""
    (event,) = resources[logical(lane)]["Properties"]["Events"].values()
    queue = lane.removesuffix("_lane").title() + "Queue"

    assert event["Properties"]["Queue"] == {"Fn::Sub": f"${{{queue}.Arn}}"}
    assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert template.load().queue_of(lane) == queue


@pytest.mark.parametrize("lane", LANES)
def test_a_message_stays_hidden_six_times_as_long_as_its_handler_may_run(resources, lane):
    """AWS's rule, so that a message is not handled twice while a busy Lambda throttles."""
    queue = resources[template.load().queue_of(lane)]["Properties"]

    assert queue["VisibilityTimeout"] >= 6 * resources[logical(lane)]["Properties"]["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_dead_letters_outlive_a_holiday_and_ring(resources):
    """Each lane has dead letters of its own, kept two weeks, with an alarm on the first."""
    redrives = {
        body["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for body in of_type(resources, "AWS::SQS::Queue").values()
        if "RedrivePolicy" in body["Properties"]
    }
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Properties"]["Dimensions"]
        if dimension["Name"] == "QueueName"
    }

    assert len(redrives) == len(LANES)
    assert watched == redrives
    assert {resources[name]["Properties"]["MessageRetentionPeriod"] for name in redrives} == {14 * 86400}


def test_schedules_carry_the_stacks_name(resources):
    """Two stages in one account do not share a schedule; the balance runs at two in Bangkok."""
    found = {name: next(iter(resources[logical(name)]["Properties"]["Events"].values())) for name in SCHEDULED}

    for name, event in found.items():
        assert event["Type"] == "ScheduleV2"
        assert event["Properties"]["Name"] == {"Fn::Sub": "${AWS::StackName}-" + name.replace("_", "-")}
    nightly = found["nightly_balance"]["Properties"]
    assert (nightly["ScheduleExpression"], nightly["ScheduleExpressionTimezone"]) == (
        "cron(0 2 * * ? *)",
        "Asia/Bangkok",
    )


@pytest.mark.parametrize("function", SCHEDULED)
def test_a_schedule_that_fails_rings_and_is_not_repeated_behind_our_back(resources, function):
    """Lambda would call it twice more, and each call queues work for every shop again; an alarm asks for a person."""
    name = logical(function)
    rings = [
        body["Properties"]["Threshold"]
        for body in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if body["Properties"]["MetricName"] == "Errors"
        and body["Properties"]["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": name}}]
        and body["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    ]

    assert resources[name]["Properties"]["EventInvokeConfig"]["MaximumRetryAttempts"] == 0
    assert rings == [0]


def test_alarms_reach_a_person(resources):
    """CloudWatch cannot publish to a topic under AWS's own SNS key, so there is none."""
    (topic,) = of_type(resources, "AWS::SNS::Topic").values()

    assert topic["Properties"]["Subscription"] == [{"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}]
    assert "KmsMasterKeyId" not in topic["Properties"]


def test_files_nobody_needs_any_more_expire(resources):
    """What was never finished goes after a day; workbooks go after the row of their import, never before."""
    (bucket,) = of_type(resources, "AWS::S3::Bucket").values()
    rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    days = {
        rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if rule["Status"] == "Enabled" and "Prefix" in rule
    }

    assert set(days) == {"exports/", "incoming/", "uploads/"}  # photos stay
    assert days["incoming/"] == 1
    assert days["uploads/"] > imports.KEPT.days


def test_browsers_of_the_console_alone_may_post_photos_into_the_bucket(resources):
    """The script sends past the console, so the bucket answers its origin, and no other."""
    (bucket,) = of_type(resources, "AWS::S3::Bucket").values()
    (rule,) = bucket["Properties"]["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedOrigins"] == [{"Ref": "PublicUrl"}]
    assert "POST" in rule["AllowedMethods"]
    assert rule["AllowedHeaders"] == ["*"]


def test_letters_to_people_say_in_both_languages_where_to_go_and_what_to_type(resources):
    """Cognito refuses an invitation without name and password, and a code's letter without the code."""
    (pool,) = of_type(resources, "AWS::Cognito::UserPool").values()
    invitation = pool["Properties"]["AdminCreateUserConfig"]["InviteMessageTemplate"]
    code = pool["Properties"]["VerificationMessageTemplate"]

    for letter, address in ((invitation, "${PublicUrl}/sign-in"), (code, "${PublicUrl}/new-password")):
        said = letter["EmailMessage"]["Fn::Sub"]
        assert address in said
        assert "{####}" in said
        assert "รหัส" in said
        assert "password" in said
    assert "{username}" in invitation["EmailMessage"]["Fn::Sub"]
    assert {rule.path for rule in RULES if rule.is_public} >= {"/sign-in", "/new-password"}


def test_the_page_that_asks_for_a_password_waits_as_long_as_cognito(resources):
    """Cognito's question and what we keep of it end together; the rule said on the page is the pool's."""
    (client,) = of_type(resources, "AWS::Cognito::UserPoolClient").values()
    (pool,) = of_type(resources, "AWS::Cognito::UserPool").values()
    rule = pool["Properties"]["Policies"]["PasswordPolicy"]

    assert client["Properties"]["AuthSessionValidity"] * 60 == passwords.CHOOSING_S
    assert rule["MinimumLength"] == SHORTEST_PASSWORD
    assert not any(needed for name, needed in rule.items() if name.startswith("Require"))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("DEFAULT_4XX", None),
        ("DEFAULT_5XX", None),
        ("REQUEST_TOO_LARGE", "413"),
        ("MISSING_AUTHENTICATION_TOKEN", "404"),
    ],
)
def test_what_the_gateway_refuses_by_itself_is_said_in_words(resources, kind, status):
    """A page in Thai and English for a browser, both in JSON for a program, deployed with the stage."""
    (api,) = of_type(resources, "AWS::Serverless::Api").values()
    refusal = api["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"][kind]
    page, told = (str(refusal["responseTemplates"][kind]) for kind in ("text/html", "application/json"))

    assert refusal.get("statusCode") == status
    assert 'lang="th"' in page
    assert 'lang="en"' in page
    assert "<a href=" in page
    assert json.loads(told.replace("$context.error.messageString", '"x"')).keys() == {"message", "message_th"}


def test_each_log_group_names_a_function_that_exists(resources):
    """Chalice names one after a function it renamed; the merge puts it right."""
    for group in of_type(resources, "AWS::Logs::LogGroup").values():
        (named,) = re.findall(r"\$\{(\w+)\}", group["Properties"]["LogGroupName"]["Fn::Sub"])
        assert resources[named]["Type"] == "AWS::Serverless::Function"


def test_what_holds_data_survives_the_stack(resources):
    """Deleting or replacing the stack keeps the table, the files, the key, the people and the dead letters."""
    kinds = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Cognito::UserPool")
    holding = [body for kind in kinds for body in of_type(resources, kind).values()]
    holding += [body for name, body in resources.items() if name.endswith("DeadLetters")]

    assert len(holding) == 7
    assert {(body["DeletionPolicy"], body["UpdateReplacePolicy"]) for body in holding} == {("Retain", "Retain")}


def policies(resources):
    """Function -> statements of its role, by the logical ids in the merged template."""
    found = {}
    for name, body in of_type(resources, "AWS::Serverless::Function").items():
        role = body["Properties"]["Role"]["Fn::GetAtt"][0]
        documents = [policy["PolicyDocument"] for policy in resources[role]["Properties"]["Policies"]]
        found[name] = [statement for document in documents for statement in document["Statement"]]
    return found


def test_no_policy_says_everything(resources):
    """Every statement names its actions and its resources; none is a star."""
    for function, statements in policies(resources).items():
        for statement in statements:
            assert statement["Effect"] == "Allow"
            actions = statement["Action"]
            assert not any("*" in action for action in actions), (function, actions)
            assert "*" not in statement["Resource"], (function, statement)


def allowed_to(resources):
    """Function -> every action its role allows, on whatever."""
    return {
        name: {action for line in lines for action in line["Action"]} for name, lines in policies(resources).items()
    }


def test_every_function_may_do_what_it_is_for_and_no_more(resources):
    """Only lanes take messages, each its own; only the pages manage people; of the schedules only the one that asks for
    lost pushes opens secrets, and it seals none."""
    allowed = allowed_to(resources)
    taking = {name for name, actions in allowed.items() if "sqs:ReceiveMessage" in actions}
    people = {name for name, actions in allowed.items() if any(a.startswith("cognito-idp:") for a in actions)}
    opening = {name for name, actions in allowed.items() if "kms:Decrypt" in actions}

    assert taking == {"APIHandler", "UrgentLane", "BulkLane", "MoneyLane"}  # the pages replay dead letters
    assert people == {"APIHandler"}
    assert opening == {"APIHandler", "UrgentLane", "BulkLane", "MoneyLane", "PollOrders"}
    assert "kms:Encrypt" not in allowed["PollOrders"]
    assert all({"logs:PutLogEvents", "dynamodb:Query", "sqs:SendMessage"} <= actions for actions in allowed.values())


def test_whoever_reads_files_is_told_when_one_is_not_there(resources):
    """S3 answers 404 only to roles that may list the bucket; without a condition, as a read names no prefix."""
    files, bucket = [{"Fn::Sub": "${FilesBucket.Arn}/*"}], [{"Fn::GetAtt": ["FilesBucket", "Arn"]}]
    reading, listing = set(), set()
    for name, lines in policies(resources).items():
        reading |= {name for line in lines if "s3:GetObject" in line["Action"] and line["Resource"] == files}
        listing |= {
            name
            for line in lines
            if "s3:ListBucket" in line["Action"] and line["Resource"] == bucket and "Condition" not in line
        }

    assert reading == listing == {"APIHandler", "UrgentLane", "BulkLane", "MoneyLane"}


ACTIONS = {
    "put_item": "dynamodb:PutItem",
    "update_item": "dynamodb:UpdateItem",
    "delete_item": "dynamodb:DeleteItem",
    "get_item": "dynamodb:GetItem",
    "query": "dynamodb:Query",
    "batch_get_item": "dynamodb:BatchGetItem",
    "batch_write_item": "dynamodb:BatchWriteItem",
    "transact_write_items": "dynamodb:ConditionCheckItem",  # its writes are asked for under their own names
    "put_object": "s3:PutObject",
    "get_object": "s3:GetObject",
    "head_object": "s3:GetObject",
    "delete_object": "s3:DeleteObject",
    "generate_presigned_post": "s3:PutObject",
    "encrypt": "kms:Encrypt",
    "decrypt": "kms:Decrypt",
    "send_message_batch": "sqs:SendMessage",
    "receive_message": "sqs:ReceiveMessage",
    "get_queue_attributes": "sqs:GetQueueAttributes",
    "change_message_visibility_batch": "sqs:ChangeMessageVisibility",
    "delete_message_batch": "sqs:DeleteMessage",
    "list_users_in_group": "cognito-idp:ListUsersInGroup",
    # Cognito asks no role for these: what a browser may do for itself.
    "initiate_auth": "",
    "respond_to_auth_challenge": "",
    "forgot_password": "",
    "confirm_forgot_password": "",
}
"""Call of a boto3 client -> what a role must allow for it; Cognito's other calls are named as their actions."""


def test_the_pages_may_make_every_call_that_the_stores_make(resources):
    """Every store is behind some page; a call nobody thought of in the policies would fail only on AWS."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "chalicelib" / "store").glob("*.py")))
    calls = set(re.findall(r"\b_client\.(\w+)\(", text)) | set(re.findall(r'get_paginator\("(\w+)"\)', text))
    needed = {
        ACTIONS.get(call, "cognito-idp:" + "".join(part.title() for part in call.split("_")))
        for call in calls - {"get_paginator"}
    }

    assert {"s3:GetObject", "kms:Decrypt", "cognito-idp:AdminCreateUser"} <= needed
    assert needed - {""} <= allowed_to(resources)["APIHandler"]


@pytest.mark.parametrize("lane", LANES)
def test_a_lane_takes_from_its_own_queue_only(resources, lane):
    """A lane's role cannot empty another lane."""
    takes = [line for line in policies(resources)[logical(lane)] if "sqs:ReceiveMessage" in line["Action"]]

    assert [line["Resource"] for line in takes] == [[{"Fn::GetAtt": [template.load().queue_of(lane), "Arn"]}]]


def test_policies_only_name_resources_that_exist(resources):
    """A policy file that points at nothing would fail only at deployment."""
    text = json.dumps(policies(resources))
    named = set(re.findall(r'"Fn::GetAtt": \["(\w+)"', text)) | set(re.findall(r"\$\{(\w+)\.", text))

    assert named <= set(resources)


def test_every_function_knows_where_things_are(packaged):
    """Globals give each function the same variables, all of them references."""
    variables = packaged[0]["Globals"]["Function"]["Environment"]["Variables"]

    assert set(variables) == set(template.load().environment)
    assert all(set(value) == {"Ref"} for value in variables.values())


def test_the_archive_keeps_the_services_that_the_code_asks_for():
    """boto3 can only make clients whose data stays in the archive."""
    asked = set()
    for path in (ROOT / "chalicelib").rglob("*.py"):
        asked |= set(re.findall(r"""\bclient\(\s*["']([a-z0-9-]+)["']""", path.read_text(encoding="utf-8")))

    assert asked <= prune.SERVICES


def test_everybody_gets_files_as_files_and_texts_as_texts(resources):
    """Whatever a client names first, the gateway decodes what is base64; what that is the app says, texts never.

    No route has CORS: preflights are answered by a mock integration, which fails on bodies in base64.
    """
    app = Chalice(app_name="pinto-files")
    routes.register(app, lambda: pytest.fail("nothing is asked"))
    (api,) = of_type(resources, "AWS::Serverless::Api").values()
    listed = set(api["Properties"]["DefinitionBody"]["x-amazon-apigateway-binary-media-types"])
    assert listed == {"*/*"}
    assert {"application/pdf", "image/jpeg", "multipart/form-data"} <= set(app.api.binary_types)
    assert not {one for one in app.api.binary_types if "*" in one or one.startswith("text/") or "json" in one}
    assert not [path for path, entries in app.routes.items() if any(one.cors for one in entries.values())]
