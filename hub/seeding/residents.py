"""Residents that nobody is: names by chance, telephone numbers that were never given out."""

from datetime import datetime
from random import Random

from hub.domain.contact import Contact, KnownIdentity
from hub.domain.message import Address
from hub.seeding.data import people

# No channel account is called so: what is answered to a made-up resident stays in the house.
ACCOUNT = "seed"
WRITTEN = (
    *("telegram", "telegram", "telegram", "max", "max", "app", "app"),
    *("email", "email", "kannel", "http"),
)
CALLED = "cti"
"""The channel of those who ring."""
RING = 0.2
NOBODYS = 990_000_000_000
"""Above every id that a messenger gives out."""


def resident(dice: Random, number: int, since: datetime) -> Contact:
    """The resident with this number; ``number`` makes phone and identity unique. Who rings has no
    address that could be written to."""
    named = people()
    surname = dice.choice(named.surnames)
    if dice.random() < 0.6:
        name = f"{surname}а {dice.choice(named.women)} {dice.choice(named.patronymics_women)}"
    else:
        name = f"{surname} {dice.choice(named.men)} {dice.choice(named.patronymics_men)}"
    rings = dice.random() < RING
    channel = CALLED if rings else dice.choice(WRITTEN)
    phone = f"+7900{number % 10_000_000:07}"
    identity = _identity(channel, number, phone)
    said = f"phone:{phone}"
    address = Address(
        account=ACCOUNT,
        channel=channel,
        to=str(number),
        identity=identity,
        conversation=f"{ACCOUNT}:{number}",
    )
    return Contact(
        id=f"{ACCOUNT}{number:027x}",
        name=name,
        phone=phone,
        email=identity.partition(":")[2] if channel == "email" else "",
        premises=named.flat.format(
            street=dice.choice(named.streets), house=dice.randint(1, 60), flat=dice.randint(1, 240)
        ),
        vip=dice.random() < 0.02,
        identities=[KnownIdentity(key=said, verified=True, since=since)]
        if rings
        else [
            KnownIdentity(key=identity, verified=True, since=since, address=address),
            *([] if said == identity else [KnownIdentity(key=said, verified=False, since=since)]),
        ],
        created_at=since,
        updated_at=since,
    )


def _identity(channel: str, number: int, phone: str) -> str:
    """How the provider would name them: ids that nobody has, addresses that lead nowhere."""
    if channel in {"telegram", "max"}:
        return f"{channel}:{NOBODYS + number}"
    if channel == "email":
        return f"email:resident{number}@example.org"
    return f"phone:{phone}" if channel == "kannel" else f"external:{ACCOUNT}:{number}"
