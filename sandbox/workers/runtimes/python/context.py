"""Lambda's context object (AWS Lambda developer guide, "Python context object")."""

import sys
import time
from collections.abc import Mapping
from typing import Any


class CognitoIdentity:
    """Who called, where the AWS Mobile SDK says it; here nobody."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class LambdaContext:
    """What a handler gets beside its event."""

    def __init__(
        self, start: Mapping[str, Any], environment: Mapping[str, str]
    ) -> None:
        self.function_name: str = start["function_name"]
        self.function_version: str = start["function_version"]
        self.invoked_function_arn: str = start["invoked_function_arn"]
        self.memory_limit_in_mb: int = start["memory_limit_mb"]
        self.log_group_name = environment.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream_name = environment.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self.identity = CognitoIdentity()
        self.client_context: Any = None
        self.tenant_id: str | None = None
        self.aws_request_id = ""
        self._deadline = 0.0

    def for_request(self, request_id: str, time_limit_ms: int) -> "LambdaContext":
        """Give a context of its own to one request, which starts now."""
        context = LambdaContext.__new__(LambdaContext)
        context.__dict__.update(
            self.__dict__,
            aws_request_id=request_id,
            _deadline=time.monotonic() + time_limit_ms / 1000,
        )
        return context

    def get_remaining_time_in_millis(self) -> int:
        """Give the milliseconds until the time limit; never less than 0."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write `message` as it is, without a line end."""
        sys.stdout.write(str(message))

    def __repr__(self) -> str:
        return f"LambdaContext(aws_request_id={self.aws_request_id!r})"
