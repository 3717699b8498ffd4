"""What requests may carry. Strict: nothing is coerced, unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
RoleName = Literal["agent", "supervisor", "campaign_manager", "admin", "partner", "api"]


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class SignIn(Body):
    login: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=200, repr=False)]


class ContactBody(Body):
    """``account`` is a company's name; ``numbers`` replace all that were there."""

    name: Name
    account: Annotated[str, Field(max_length=200)] | None = None
    numbers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)] = []
    email: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(max_length=10)] | None = None
    note: Text | None = None
    external_id: Annotated[str, Field(max_length=200)] | None = None


class ContactChange(Body):
    """Only what is given is changed."""

    name: Name = ""
    account: Annotated[str, Field(max_length=200)] | None = None
    numbers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)] = []
    email: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(max_length=10)] | None = None
    note: Text | None = None
    external_id: Annotated[str, Field(max_length=200)] | None = None


class InteractionBody(Body):
    """``channel``: how it came about; a call is none of these, it is written down by itself."""

    channel: Literal["note", "email", "chat", "letter", "meeting"]
    direction: Literal["inbound", "outbound", "internal"] | None = None
    disposition: Annotated[str, Field(max_length=200)] | None = None
    note: Text | None = None


class HoldBody(Body):
    """``on``: nobody may erase the call's recordings from now on."""

    on: bool


class UserBody(Body):
    """``password`` may be left out for a user who has one."""

    login: Name
    name: Name
    role: RoleName = "agent"
    password: Annotated[str | None, Field(min_length=6, max_length=200, repr=False)] = None
    extension: Annotated[str, Field(max_length=40)] | None = None
    interface: Annotated[str, Field(max_length=80)] | None = None
    skills: dict[str, int] = {}
    active: bool = True
