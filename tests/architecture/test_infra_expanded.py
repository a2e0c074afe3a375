"""The template is legal after AWS expanded it, too; where aws-sam-translator, which does that, is installed."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from infra_project import REGION, copy_project, package

if importlib.util.find_spec("samtranslator"):

    class _NoManagedPolicies:
        def load(self):
            return {}

    def test_cfn_lint_accepts_the_expanded_template(tmp_path, monkeypatch):
        """Roles, permissions, mappings and schedules that AWS derives are legal in Pinto's region."""
        from samtranslator.translator.transform import transform

        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        merged = json.loads(json.dumps(package(copy_project(tmp_path))[0]))
        for body in merged["Resources"].values():
            if body["Type"] == "AWS::Serverless::Function":
                body["Properties"]["CodeUri"] = "s3://pinto-deployments/deployment.zip"
        expanded = tmp_path / "expanded.json"
        expanded.write_text(json.dumps(transform(merged, {}, _NoManagedPolicies())))

        command = [Path(sys.executable).with_name("cfn-lint"), "--regions", REGION, "--", str(expanded)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout + done.stderr
