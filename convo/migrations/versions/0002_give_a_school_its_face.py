"""Give a school its face: a logo, contact lines and two colours"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

def upgrade() -> None:
    # The schools that are there get convo's own look; after that a default would hide what was forgotten.
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.add_column(sa.Column('logo', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('contact_lines', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('heading_colour', sa.String(length=6), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('tint_colour', sa.String(length=6), nullable=False, server_default=''))
    with op.batch_alter_table('school', schema=None) as batch_op:
        for column in ('contact_lines', 'heading_colour', 'tint_colour'):
            batch_op.alter_column(column, server_default=None)
        batch_op.create_check_constraint(op.f('ck_school_a_logo_is_small'), 'logo IS NULL OR length(logo) <= 61440')
        batch_op.create_check_constraint(op.f('ck_school_a_colour_is_six_figures_or_none'), 'length(heading_colour) IN (0, 6) AND length(tint_colour) IN (0, 6)')
