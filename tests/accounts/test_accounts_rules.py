from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts import rules, terms

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "password", ["12345678", "Senha123", "contraseña", "aaaaaaaa", "abababab", "padaria sol"]
)
def test_common_and_well_known_passwords_are_weak(password):
    assert rules.is_weak(password, "olivia@example.com", "Padaria Sol")


def test_the_name_before_the_at_sign_is_weak_and_a_phrase_is_not():
    assert rules.is_weak("olivia-da-padaria", "Olivia-da-Padaria@example.com")
    assert not rules.is_weak("um-cavalo-bom-7", "olivia@example.com", "Padaria Sol")


def test_only_admins_and_owners_grant_and_never_above_themselves():
    granted = {(a, r) for a in rules.ORDER for r in rules.ORDER if rules.may_grant(a, r)}
    assert granted == {
        ("admin", "agent"), ("admin", "supervisor"), ("admin", "admin"),
        ("owner", "agent"), ("owner", "supervisor"), ("owner", "admin"), ("owner", "owner"),
    }  # fmt: skip


def test_an_agent_changes_their_own_name_and_nothing_else():
    assert rules.may_change("agent", own=True, target="agent", rights=False)
    assert not rules.may_change("agent", own=True, target="agent", rights=True)
    assert not rules.may_change("supervisor", own=False, target="agent", rights=False)


def test_an_admin_does_not_touch_owners():
    assert not rules.may_change("admin", own=False, target="owner", rights=False)
    assert rules.may_change("admin", own=False, target="admin", rights=True)


def test_the_lock_grows_to_its_longest_and_forgets():
    policy = rules.PER_ACCOUNT
    failed, at, locks = 0, None, []
    for _ in range(12):
        failed, until = rules.after_failure(policy, failed, at, NOW)
        at = NOW
        locks.append(until and (until - NOW).total_seconds())
    assert locks == [None, None, None, None, 30, 60, 120, 240, 480, 900, 900, 900]
    assert rules.after_failure(policy, 12, NOW, NOW + timedelta(days=2)) == (1, None)


def test_a_visitor_is_an_ipv4_address_or_an_ipv6_network():
    assert rules.network("192.0.2.7") == "192.0.2.7"
    assert rules.network("2001:db8:1:2:3::4") == rules.network("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert rules.network("") == ""


def test_the_terms_are_complete_in_three_languages():
    found = terms.texts()
    assert list(found) == ["pt-BR", "es", "en"]
    assert {text.count("\n## ") for text in found.values()} == {13}
