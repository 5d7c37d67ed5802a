import sqlalchemy as sa
from migrations import make
def test_diff(platform):
    engine = sa.create_engine(platform.owner_url, poolclass=sa.NullPool)
    with engine.connect() as c:
        print("DIFFSTART"); print(make.difference(c, "academy")); print("DIFFEND")
