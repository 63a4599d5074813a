"""What the CRM refuses.

Conflict 409
├─ PhoneTaken   phone_taken  another contact has this number
└─ FieldType    field_type   a field's type never changes
Invalid 400
└─ WrongValue   wrong_value  does not fit the field's type
"""

from __future__ import annotations

from kernel.errors import Conflict, Invalid


class PhoneTaken(Conflict):
    code = "phone_taken"

    def __init__(self) -> None:
        super().__init__("another contact has this phone number", field="phone")


class FieldType(Conflict):
    code = "field_type"

    def __init__(self) -> None:
        super().__init__("a field keeps its type; make another field", field="type")


class WrongValue(Invalid):
    code = "wrong_value"

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem, field=f"fields.{key}")
