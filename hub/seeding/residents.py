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
    identity = f"{ACCOUNT}:{number}"
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
        premises=named.flat.format(
            street=dice.choice(named.streets), house=dice.randint(1, 60), flat=dice.randint(1, 240)
        ),
        vip=dice.random() < 0.02,
        identities=[KnownIdentity(key=f"phone:{phone}", verified=True, since=since)]
        if rings
        else [
            KnownIdentity(key=identity, verified=True, since=since, address=address),
            KnownIdentity(key=f"phone:{phone}", verified=False, since=since),
        ],
        created_at=since,
        updated_at=since,
    )
