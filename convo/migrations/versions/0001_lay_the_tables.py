"""Lay the tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('person',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('second_factor_secret', sa.String(length=64), nullable=True),
    sa.Column('second_factor_step', sa.Integer(), nullable=True),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('wait_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email'))
    )
    op.create_table('wrong_try',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('network', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wrong_try'))
    )
    with op.batch_alter_table('wrong_try', schema=None) as batch_op:
        batch_op.create_index('ix_wrong_try_network_at', ['network', 'at'], unique=False)

    op.create_table('password_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_password_link_made_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_password_link_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_password_link_token_hash'))
    )
    with op.batch_alter_table('password_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_password_link_person_id'), ['person_id'], unique=False)

    op.create_table('school',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('time_zone', sa.String(length=300), nullable=False),
    sa.Column('contact_route', sa.Text(), nullable=False),
    sa.Column('phone', sa.String(length=300), nullable=False),
    sa.Column('languages', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('signature_line', sa.Boolean(), nullable=False),
    sa.Column('safeguarding_lead_id', sa.Uuid(), nullable=True),
    sa.Column('safeguarding_lead_reach', sa.String(length=300), nullable=False),
    sa.Column('safeguarding_deputy_id', sa.Uuid(), nullable=True),
    sa.Column('safeguarding_deputy_reach', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(safeguarding_lead_id IS NULL OR safeguarding_lead_reach <> '') AND (safeguarding_deputy_id IS NULL OR safeguarding_deputy_reach <> '')", name=op.f('ck_school_lead_and_deputy_can_be_reached')),
    sa.CheckConstraint('safeguarding_lead_id IS NULL OR safeguarding_lead_id <> safeguarding_deputy_id', name=op.f('ck_school_lead_and_deputy_are_two_people')),
    sa.ForeignKeyConstraint(['safeguarding_deputy_id'], ['person.id'], name=op.f('fk_school_safeguarding_deputy_id_person')),
    sa.ForeignKeyConstraint(['safeguarding_lead_id'], ['person.id'], name=op.f('fk_school_safeguarding_lead_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school'))
    )
    op.create_table('audit_entry',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('sign_in_id', sa.Uuid(), nullable=True),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('thing', sa.String(length=32), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=True),
    sa.Column('pupil_id', sa.Uuid(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_audit_entry_numbers_start_at_1')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_audit_entry_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_audit_entry_school_id_id')),
    sa.UniqueConstraint('school_id', 'number', name=op.f('uq_audit_entry_school_id_number'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_audit_entry_school_pupil', ['school_id', 'pupil_id'], unique=False)
        batch_op.create_index('ix_audit_entry_sign_in_pupil', ['sign_in_id', 'pupil_id'], unique=False)

    op.create_table('carer',
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('forename', sa.String(length=300), nullable=False),
    sa.Column('surname', sa.String(length=300), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=300), nullable=False),
    sa.Column('speaks', sa.String(length=16), nullable=True),
    sa.Column('reads', sa.String(length=16), nullable=True),
    sa.Column('needs_interpreter', sa.Boolean(), nullable=False),
    sa.Column('large_print', sa.Boolean(), nullable=False),
    sa.Column('reading_aloud', sa.Boolean(), nullable=False),
    sa.Column('imported', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_carer_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carer')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_carer_school_id_id'))
    )
    with op.batch_alter_table('carer', schema=None) as batch_op:
        batch_op.create_index('ix_carer_email', ['school_id', 'email'], unique=False)
        batch_op.create_index(batch_op.f('ix_carer_school_id'), ['school_id'], unique=False)

    op.create_table('carer_joined',
    sa.Column('gone_id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_carer_joined_person_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_carer_joined_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carer_joined')),
    sa.UniqueConstraint('gone_id', name=op.f('uq_carer_joined_gone_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_carer_joined_school_id_id'))
    )
    with op.batch_alter_table('carer_joined', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_carer_joined_school_id'), ['school_id'], unique=False)

    op.create_table('class_teacher',
    sa.Column('class_name', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_class_teacher_person_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_class_teacher_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_class_teacher')),
    sa.UniqueConstraint('school_id', 'class_name', name=op.f('uq_class_teacher_school_id_class_name')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_class_teacher_school_id_id'))
    )
    with op.batch_alter_table('class_teacher', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_class_teacher_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_class_teacher_school_id'), ['school_id'], unique=False)

    op.create_table('concern_opened',
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('answer', sa.Enum('opened', 'by mistake', 'going to the lead', name='concern_answer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_concern_opened_person_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_concern_opened_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concern_opened')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_concern_opened_school_id_id'))
    )
    with op.batch_alter_table('concern_opened', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_concern_opened_school_id'), ['school_id'], unique=False)

    op.create_table('heading_match',
    sa.Column('heading', sa.String(length=300), nullable=False),
    sa.Column('field', sa.String(length=60), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_heading_match_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_heading_match')),
    sa.UniqueConstraint('school_id', 'heading', name=op.f('uq_heading_match_school_id_heading')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_heading_match_school_id_id'))
    )
    with op.batch_alter_table('heading_match', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_heading_match_school_id'), ['school_id'], unique=False)

    op.create_table('membership',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('teacher', 'senco', 'data manager', 'head', 'assistant', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('languages', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_membership_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_membership_school_id_id')),
    sa.UniqueConstraint('school_id', 'person_id', 'role', name=op.f('uq_membership_school_id_person_id_role'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_school_id'), ['school_id'], unique=False)

    op.create_table('pupil',
    sa.Column('upn', sa.String(length=13), nullable=True),
    sa.Column('surname', sa.String(length=300), nullable=False),
    sa.Column('forename', sa.String(length=300), nullable=False),
    sa.Column('preferred_forename', sa.String(length=300), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('year_group', sa.Integer(), nullable=True),
    sa.Column('class_name', sa.String(length=40), nullable=False),
    sa.Column('home_language', sa.String(length=8), nullable=True),
    sa.Column('sen_provision', sa.Enum('N', 'K', 'E', name='sen_provision', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('sen_need', sa.String(length=8), nullable=True),
    sa.Column('free_meals', sa.Boolean(), nullable=True),
    sa.Column('sessions_possible', sa.Integer(), nullable=True),
    sa.Column('sessions_attended', sa.Integer(), nullable=True),
    sa.Column('key_teacher_id', sa.Uuid(), nullable=True),
    sa.Column('practice', sa.Boolean(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('imported', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('year_group IS NULL OR year_group BETWEEN -1 AND 13', name=op.f('ck_pupil_year_group_is_a_dfe_year')),
    sa.ForeignKeyConstraint(['key_teacher_id'], ['person.id'], name=op.f('fk_pupil_key_teacher_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_pupil_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pupil')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_pupil_school_id_id')),
    sa.UniqueConstraint('school_id', 'upn', name=op.f('uq_pupil_school_id_upn'))
    )
    with op.batch_alter_table('pupil', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pupil_class_name'), ['class_name'], unique=False)
        batch_op.create_index(batch_op.f('ix_pupil_key_teacher_id'), ['key_teacher_id'], unique=False)
        batch_op.create_index('ix_pupil_names', ['school_id', 'surname', 'forename'], unique=False)
        batch_op.create_index(batch_op.f('ix_pupil_school_id'), ['school_id'], unique=False)
        batch_op.create_index('uq_pupil_one_practice_pupil_a_school', ['school_id'], unique=True, sqlite_where=sa.text('practice'), postgresql_where=sa.text('practice'))

    op.create_table('roll_import',
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_roll_import_person_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_roll_import_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll_import')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_roll_import_school_id_id'))
    )
    with op.batch_alter_table('roll_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roll_import_school_id'), ['school_id'], unique=False)

    op.create_table('roll_upload',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_roll_upload_person_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_roll_upload_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll_upload')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_roll_upload_school_id_id'))
    )
    with op.batch_alter_table('roll_upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roll_upload_school_id'), ['school_id'], unique=False)

    op.create_table('sign_in',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id_person')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_sign_in_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_token_hash'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_person_id'), ['person_id'], unique=False)

    op.create_table('term',
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('ends_on > starts_on', name=op.f('ck_term_term_ends_after_it_starts')),
    sa.CheckConstraint('number BETWEEN 1 AND 3', name=op.f('ck_term_three_terms_a_year')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_term_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_term_school_id_id')),
    sa.UniqueConstraint('school_id', 'school_year', 'number', name=op.f('uq_term_school_id_school_year_number'))
    )
    with op.batch_alter_table('term', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_term_school_id'), ['school_id'], unique=False)

    op.create_table('contact_question',
    sa.Column('pupil_id', sa.Uuid(), nullable=False),
    sa.Column('carer_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(length=60), nullable=False),
    sa.Column('held', sa.String(length=300), nullable=False),
    sa.Column('roll_says', sa.String(length=300), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('took_roll', sa.Boolean(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(answered_at IS NULL) = (took_roll IS NULL)', name=op.f('ck_contact_question_answered_questions_say_how')),
    sa.ForeignKeyConstraint(['school_id', 'carer_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_contact_question_school_id_carer_id_carer')),
    sa.ForeignKeyConstraint(['school_id', 'pupil_id'], ['pupil.school_id', 'pupil.id'], name=op.f('fk_contact_question_school_id_pupil_id_pupil')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_contact_question_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_question')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_contact_question_school_id_id'))
    )
    with op.batch_alter_table('contact_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_question_school_id'), ['school_id'], unique=False)

    op.create_table('conversation',
    sa.Column('pupil_id', sa.Uuid(), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'open', 'closed', 'not_held', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('way', sa.Enum('school', 'phone', 'video', 'home visit', name='way', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('pupil_part', sa.Enum('all', 'part', 'views gathered before', name='pupil_part', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('pupil_views', sa.Text(), nullable=False),
    sa.Column('interpreter', sa.Enum('none', 'in the room', 'by phone', 'by video', name='interpreter', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('interpreter_name', sa.String(length=300), nullable=False),
    sa.Column('interpreter_number', sa.String(length=300), nullable=False),
    sa.Column('interpreter_is_child', sa.Boolean(), nullable=False),
    sa.Column('not_held_reason', sa.Enum('family could not', 'no answer', 'no interpreter', 'school', name='not_held_reason', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('not_held_note', sa.Text(), nullable=False),
    sa.Column('rebooked_from_id', sa.Uuid(), nullable=True),
    sa.Column('stage', sa.Enum('since_last_time', 'explore', 'focus', 'plan', 'review', name='stage_name', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('stage_entered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('until', sa.Time(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Uuid(), nullable=True),
    sa.Column('keep_in_touch', sa.Text(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('next_time', sa.Time(), nullable=True),
    sa.Column('next_place', sa.String(length=300), nullable=False),
    sa.Column('suggested_next_on', sa.Date(), nullable=True),
    sa.Column('next_promise_on', sa.Date(), nullable=True),
    sa.Column('talk_by', sa.Date(), nullable=True),
    sa.Column('guide_version', sa.String(length=300), nullable=False),
    sa.Column('guide_fingerprint', sa.String(length=64), nullable=False),
    sa.Column('guide', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    sa.Column('typed_in_later', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_conversation_closed_means_closed_at')),
    sa.CheckConstraint("(state = 'not_held') = (not_held_reason IS NOT NULL)", name=op.f('ck_conversation_not_held_says_why')),
    sa.CheckConstraint("state <> 'planned' OR opened_at IS NULL", name=op.f('ck_conversation_planned_means_not_opened')),
    sa.CheckConstraint("state NOT IN ('open', 'closed') OR opened_at IS NOT NULL", name=op.f('ck_conversation_begun_means_opened_at')),
    sa.CheckConstraint('minutes BETWEEN 20 AND 60', name=op.f('ck_conversation_length_is_20_to_60_minutes')),
    sa.CheckConstraint('round BETWEEN 1 AND 3', name=op.f('ck_conversation_round_is_1_to_3')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_conversation_closed_by_id_person')),
    sa.ForeignKeyConstraint(['lead_id'], ['person.id'], name=op.f('fk_conversation_lead_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'pupil_id'], ['pupil.school_id', 'pupil.id'], name=op.f('fk_conversation_school_id_pupil_id_pupil')),
    sa.ForeignKeyConstraint(['school_id', 'rebooked_from_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_conversation_school_id_rebooked_from_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_conversation_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation')),
    sa.UniqueConstraint('pupil_id', 'id', name=op.f('uq_conversation_pupil_id_id')),
    sa.UniqueConstraint('rebooked_from_id', name=op.f('uq_conversation_rebooked_from_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_conversation_school_id_id'))
    )
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_conversation_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_conversation_school_pupil_year', ['school_id', 'pupil_id', 'school_year'], unique=False)
        batch_op.create_index('ix_conversation_school_state_starts', ['school_id', 'state', 'starts_at'], unique=False)

    op.create_table('kept_apart',
    sa.Column('pupil_id', sa.Uuid(), nullable=False),
    sa.Column('carer_id', sa.Uuid(), nullable=False),
    sa.Column('other_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('carer_id < other_id', name=op.f('ck_kept_apart_two_carers_in_the_order_of_their_ids')),
    sa.ForeignKeyConstraint(['school_id', 'carer_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_kept_apart_school_id_carer_id_carer')),
    sa.ForeignKeyConstraint(['school_id', 'other_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_kept_apart_school_id_other_id_carer')),
    sa.ForeignKeyConstraint(['school_id', 'pupil_id'], ['pupil.school_id', 'pupil.id'], name=op.f('fk_kept_apart_school_id_pupil_id_pupil')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_kept_apart_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_apart')),
    sa.UniqueConstraint('pupil_id', 'carer_id', 'other_id', name=op.f('uq_kept_apart_pupil_id_carer_id_other_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_kept_apart_school_id_id'))
    )
    with op.batch_alter_table('kept_apart', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kept_apart_school_id'), ['school_id'], unique=False)

    op.create_table('not_joined',
    sa.Column('carer_id', sa.Uuid(), nullable=False),
    sa.Column('other_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('carer_id < other_id', name=op.f('ck_not_joined_two_carers_in_the_order_of_their_ids')),
    sa.ForeignKeyConstraint(['school_id', 'carer_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_not_joined_school_id_carer_id_carer')),
    sa.ForeignKeyConstraint(['school_id', 'other_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_not_joined_school_id_other_id_carer')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_not_joined_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_not_joined')),
    sa.UniqueConstraint('carer_id', 'other_id', name=op.f('uq_not_joined_carer_id_other_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_not_joined_school_id_id'))
    )
    with op.batch_alter_table('not_joined', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_not_joined_school_id'), ['school_id'], unique=False)

    op.create_table('pupil_carer',
    sa.Column('pupil_id', sa.Uuid(), nullable=False),
    sa.Column('carer_id', sa.Uuid(), nullable=False),
    sa.Column('relationship', sa.String(length=40), nullable=False),
    sa.Column('parental_responsibility', sa.Boolean(), nullable=True),
    sa.Column('may_receive', sa.Enum('yes', 'check with the office', 'no', name='may_receive', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('contact_order', sa.Integer(), nullable=False),
    sa.Column('imported', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['school_id', 'carer_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_pupil_carer_school_id_carer_id_carer')),
    sa.ForeignKeyConstraint(['school_id', 'pupil_id'], ['pupil.school_id', 'pupil.id'], name=op.f('fk_pupil_carer_school_id_pupil_id_pupil')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_pupil_carer_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pupil_carer')),
    sa.UniqueConstraint('pupil_id', 'carer_id', name=op.f('uq_pupil_carer_pupil_id_carer_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_pupil_carer_school_id_id'))
    )
    with op.batch_alter_table('pupil_carer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pupil_carer_carer_id'), ['carer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pupil_carer_pupil_id'), ['pupil_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pupil_carer_school_id'), ['school_id'], unique=False)

    op.create_table('change',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('thing', sa.String(length=16), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(length=24), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    sa.Column('base', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.Enum('applied', 'same', 'conflict', 'aside', name='change_outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('written', sa.Boolean(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("NOT written OR outcome <> 'aside'", name=op.f('ck_change_only_an_applied_or_conflicting_change_is_written')),
    sa.CheckConstraint('(settled_at IS NULL) = (settled_by_id IS NULL)', name=op.f('ck_change_settled_says_by_whom')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_change_author_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_change_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_change_school_id_school')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_change_settled_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change')),
    sa.UniqueConstraint('conversation_id', 'number', name=op.f('uq_change_conversation_id_number')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_change_school_id_id'))
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_conversation_id_thing_id_field_number'), ['conversation_id', 'thing_id', 'field', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_school_id'), ['school_id'], unique=False)

    op.create_table('correction',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Enum('our slip', 'the family asked', 'agreed since by phone', name='correction_reason', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('changes', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_correction_made_by_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_correction_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_correction_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_correction_school_id_id'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_correction_school_id'), ['school_id'], unique=False)

    op.create_table('participant',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('carer', 'pupil', 'staff', 'interpreter', 'other', name='participant_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('carer_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('role', sa.String(length=300), nullable=False),
    sa.Column('speaks', sa.String(length=16), nullable=True),
    sa.Column('reads', sa.String(length=16), nullable=True),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.Column('understood', sa.Enum('read in their language', 'through the interpreter', 'in English', name='understood', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('copy', sa.Boolean(), nullable=True),
    sa.Column('copy_language', sa.String(length=16), nullable=True),
    sa.Column('position', sa.Double(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind <> 'carer' OR carer_id IS NOT NULL", name=op.f('ck_participant_a_carer_is_named_by_id')),
    sa.CheckConstraint("kind <> 'staff' OR person_id IS NOT NULL", name=op.f('ck_participant_staff_are_named_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_participant_person_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'carer_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_participant_school_id_carer_id_carer')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_participant_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_participant_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participant')),
    sa.UniqueConstraint('conversation_id', 'id', name=op.f('uq_participant_conversation_id_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_participant_school_id_id'))
    )
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participant_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_participant_school_id'), ['school_id'], unique=False)
        batch_op.create_index('uq_participant_a_carer_has_one_place', ['conversation_id', 'carer_id'], unique=True, sqlite_where=sa.text('NOT removed'), postgresql_where=sa.text('NOT removed'))

    op.create_table('priority',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('entries', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('position', sa.Double(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_priority_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_priority_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_priority')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_priority_school_id_id'))
    )
    with op.batch_alter_table('priority', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_priority_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_priority_school_id'), ['school_id'], unique=False)

    op.create_table('proposal',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('thing', sa.String(length=16), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=False),
    sa.Column('answer', sa.Enum('that is right', 'not what I meant', 'this matters most', name='proposal_answer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'confirmed', 'dismissed', name='proposal_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_proposal_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_proposal_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_proposal_school_id_id'))
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposal_school_id'), ['school_id'], unique=False)

    op.create_table('staff_note',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_staff_note_author_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_staff_note_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_staff_note_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_note')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_staff_note_school_id_id'))
    )
    with op.batch_alter_table('staff_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_note_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_staff_note_school_id'), ['school_id'], unique=False)

    op.create_table('staff_note_change',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('thing', sa.String(length=16), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(length=24), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    sa.Column('base', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.Enum('applied', 'same', 'conflict', 'aside', name='change_outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('written', sa.Boolean(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("NOT written OR outcome <> 'aside'", name=op.f('ck_staff_note_change_only_an_applied_or_conflicting_change_is_written')),
    sa.CheckConstraint('(settled_at IS NULL) = (settled_by_id IS NULL)', name=op.f('ck_staff_note_change_settled_says_by_whom')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_staff_note_change_author_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_staff_note_change_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_staff_note_change_school_id_school')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_staff_note_change_settled_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_note_change')),
    sa.UniqueConstraint('conversation_id', 'number', name=op.f('uq_staff_note_change_conversation_id_number')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_staff_note_change_school_id_id'))
    )
    with op.batch_alter_table('staff_note_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_note_change_conversation_id_thing_id_field_number'), ['conversation_id', 'thing_id', 'field', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_staff_note_change_school_id'), ['school_id'], unique=False)

    op.create_table('stage',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Enum('since_last_time', 'explore', 'focus', 'plan', 'review', name='stage_name', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('used_seconds', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('used_seconds >= 0 AND planned_minutes >= 0', name=op.f('ck_stage_time_used_is_not_negative')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_stage_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_stage_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stage')),
    sa.UniqueConstraint('conversation_id', 'name', name=op.f('uq_stage_conversation_id_name')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_stage_school_id_id'))
    )
    with op.batch_alter_table('stage', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stage_school_id'), ['school_id'], unique=False)

    op.create_table('entry',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('voice_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.Enum('strength', 'hope', 'worry', 'what works', "the child's view", name='entry_kind', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('readers', sa.Enum('those present', 'all carers', 'only who said it', name='readers', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('interpreted', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Double(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id', 'voice_id'], ['participant.conversation_id', 'participant.id'], name=op.f('fk_entry_conversation_id_voice_id_participant')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_entry_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id', 'voice_id'], ['participant.school_id', 'participant.id'], name=op.f('fk_entry_school_id_voice_id_participant')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_entry_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_entry_school_id_id'))
    )
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_entry_school_id'), ['school_id'], unique=False)

    op.create_table('issue',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('carer_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('first', 'correction', 'translation', name='issue_reason', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('correction_id', sa.Uuid(), nullable=True),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('layout', sa.String(length=16), nullable=False),
    sa.Column('document', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('guide_version', sa.String(length=300), nullable=False),
    sa.Column('line_states', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', sa.Uuid(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(reason = 'correction') = (correction_id IS NOT NULL)", name=op.f('ck_issue_a_correction_issue_names_its_correction')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_issue_numbers_start_at_1')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['person.id'], name=op.f('fk_issue_issued_by_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'carer_id'], ['carer.school_id', 'carer.id'], name=op.f('fk_issue_school_id_carer_id_carer')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_issue_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id', 'correction_id'], ['correction.school_id', 'correction.id'], name=op.f('fk_issue_school_id_correction_id_correction')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_issue_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue')),
    sa.UniqueConstraint('conversation_id', 'carer_id', 'number', name=op.f('uq_issue_conversation_id_carer_id_number')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_issue_school_id_id'))
    )
    with op.batch_alter_table('issue', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issue_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issue_school_id'), ['school_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issue_sha256'), ['sha256'], unique=False)

    op.create_table('target',
    sa.Column('pupil_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('priority_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('area', sa.Enum('English', 'mathematics', 'communication', 'attendance', 'behaviour', 'bullying', 'positive relationships', 'wider participation', 'independence', name='area', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('start', sa.Text(), nullable=False),
    sa.Column('aim', sa.Text(), nullable=False),
    sa.Column('by_when', sa.Date(), nullable=True),
    sa.Column('position', sa.Double(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['pupil_id', 'conversation_id'], ['conversation.pupil_id', 'conversation.id'], name=op.f('fk_target_pupil_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_target_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id', 'priority_id'], ['priority.school_id', 'priority.id'], name=op.f('fk_target_school_id_priority_id_priority')),
    sa.ForeignKeyConstraint(['school_id', 'pupil_id'], ['pupil.school_id', 'pupil.id'], name=op.f('fk_target_school_id_pupil_id_pupil')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_target_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target')),
    sa.UniqueConstraint('pupil_id', 'id', name=op.f('uq_target_pupil_id_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_target_school_id_id'))
    )
    with op.batch_alter_table('target', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_target_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_target_pupil_id'), ['pupil_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_target_school_id'), ['school_id'], unique=False)

    op.create_table('action',
    sa.Column('pupil_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=True),
    sa.Column('replaces_id', sa.Uuid(), nullable=True),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('by_whom', sa.Enum('home', 'school', 'pupil', name='doer', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('who', sa.String(length=300), nullable=False),
    sa.Column('who_id', sa.Uuid(), nullable=True),
    sa.Column('by_when', sa.Date(), nullable=True),
    sa.Column('how_often', sa.Text(), nullable=False),
    sa.Column('how_known', sa.Text(), nullable=False),
    sa.Column('agreement', sa.Enum('proposed', 'agreed', "let's talk about this", 'not yet agreed', name='agreement', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('understood', sa.Enum('read in their language', 'through the interpreter', 'in English', name='understood', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('state', sa.Enum('draft', 'open', 'done', 'stopped', 'changed', name='action_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('position', sa.Double(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("NOT removed OR state <> 'open'", name=op.f('ck_action_a_removed_action_is_not_open')),
    sa.CheckConstraint("state <> 'open' OR (what <> '' AND who <> '' AND by_whom IS NOT NULL AND by_when IS NOT NULL AND target_id IS NOT NULL)", name=op.f('ck_action_an_open_action_has_someone_a_date_and_a_target')),
    sa.ForeignKeyConstraint(['pupil_id', 'conversation_id'], ['conversation.pupil_id', 'conversation.id'], name=op.f('fk_action_pupil_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['pupil_id', 'replaces_id'], ['action.pupil_id', 'action.id'], name=op.f('fk_action_pupil_id_replaces_id_action')),
    sa.ForeignKeyConstraint(['pupil_id', 'target_id'], ['target.pupil_id', 'target.id'], name=op.f('fk_action_pupil_id_target_id_target')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_action_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id', 'pupil_id'], ['pupil.school_id', 'pupil.id'], name=op.f('fk_action_school_id_pupil_id_pupil')),
    sa.ForeignKeyConstraint(['school_id', 'replaces_id'], ['action.school_id', 'action.id'], name=op.f('fk_action_school_id_replaces_id_action')),
    sa.ForeignKeyConstraint(['school_id', 'target_id'], ['target.school_id', 'target.id'], name=op.f('fk_action_school_id_target_id_target')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_action_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action')),
    sa.UniqueConstraint('pupil_id', 'id', name=op.f('uq_action_pupil_id_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_action_school_id_id'))
    )
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_action_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_action_school_pupil_state', ['school_id', 'pupil_id', 'state'], unique=False)
        batch_op.create_index('ix_action_school_state_by_when', ['school_id', 'state', 'by_when'], unique=False)

    op.create_table('delivery',
    sa.Column('issue_id', sa.Uuid(), nullable=False),
    sa.Column('way', sa.Enum('printed now', "on the office's print list", 'promised by a date', 'given', 'explained aloud', 'sent', 'collected', name='delivery_way', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('by', sa.String(length=300), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("way <> 'explained aloud' OR (language <> '' AND by <> '')", name=op.f('ck_delivery_explained_says_in_what_and_by_whom')),
    sa.CheckConstraint("way <> 'promised by a date' OR due_on IS NOT NULL", name=op.f('ck_delivery_a_promise_has_a_date')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_delivery_recorded_by_id_person')),
    sa.ForeignKeyConstraint(['school_id', 'issue_id'], ['issue.school_id', 'issue.id'], name=op.f('fk_delivery_school_id_issue_id_issue')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_delivery_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_delivery_school_id_id'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_issue_id'), ['issue_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_school_id'), ['school_id'], unique=False)

    op.create_table('decision',
    sa.Column('action_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.Enum('done', 'continue', 'change', 'stop', 'not talked about', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('by_when', sa.Date(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['school_id', 'action_id'], ['action.school_id', 'action.id'], name=op.f('fk_decision_school_id_action_id_action')),
    sa.ForeignKeyConstraint(['school_id', 'conversation_id'], ['conversation.school_id', 'conversation.id'], name=op.f('fk_decision_school_id_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_decision_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('conversation_id', 'action_id', name=op.f('uq_decision_conversation_id_action_id')),
    sa.UniqueConstraint('school_id', 'id', name=op.f('uq_decision_school_id_id'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_action_id'), ['action_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_school_id'), ['school_id'], unique=False)

    if op.get_context().dialect.name == "sqlite":
        op.execute("""CREATE TRIGGER audit_entry_never_changes BEFORE UPDATE ON audit_entry
WHEN NEW."number" IS NOT OLD."number"
OR NEW."at" IS NOT OLD."at"
OR NEW."person_id" IS NOT OLD."person_id"
OR NEW."sign_in_id" IS NOT OLD."sign_in_id"
OR NEW."act" IS NOT OLD."act"
OR NEW."thing" IS NOT OLD."thing"
OR NEW."thing_id" IS NOT OLD."thing_id"
OR NEW."pupil_id" IS NOT OLD."pupil_id"
OR NEW."note" IS NOT OLD."note"
OR NEW."hash" IS NOT OLD."hash"
OR NEW."id" IS NOT OLD."id"
OR NEW."school_id" IS NOT OLD."school_id"
BEGIN SELECT RAISE(ABORT, 'audit_entry_never_changes'); END""")
        op.execute("""CREATE TRIGGER audit_entry_never_goes BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit_entry_never_changes'); END""")
        op.execute("""CREATE TRIGGER audit_entry_never_gives_way BEFORE INSERT ON audit_entry
WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR school_id = NEW.school_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'audit_entry_never_changes'); END""")
    if op.get_context().dialect.name == "postgresql":
        op.execute("""CREATE OR REPLACE FUNCTION audit_entry_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP = 'UPDATE' THEN
IF NOT (NEW."number" IS DISTINCT FROM OLD."number"
OR NEW."at" IS DISTINCT FROM OLD."at"
OR NEW."person_id" IS DISTINCT FROM OLD."person_id"
OR NEW."sign_in_id" IS DISTINCT FROM OLD."sign_in_id"
OR NEW."act" IS DISTINCT FROM OLD."act"
OR NEW."thing" IS DISTINCT FROM OLD."thing"
OR NEW."thing_id" IS DISTINCT FROM OLD."thing_id"
OR NEW."pupil_id" IS DISTINCT FROM OLD."pupil_id"
OR NEW."note" IS DISTINCT FROM OLD."note"
OR NEW."hash" IS DISTINCT FROM OLD."hash"
OR NEW."id" IS DISTINCT FROM OLD."id"
OR NEW."school_id" IS DISTINCT FROM OLD."school_id") THEN RETURN NEW; END IF;
END IF;
RAISE EXCEPTION USING MESSAGE = 'audit_entry_never_changes', ERRCODE = 'integrity_constraint_violation';
END $$""")
        op.execute("""CREATE TRIGGER audit_entry_never_changes BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_never_changes()""")
        op.execute("""CREATE TRIGGER audit_entry_never_goes BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_never_changes()""")
    if op.get_context().dialect.name == "sqlite":
        op.execute("""CREATE TRIGGER carer_joined_never_changes BEFORE UPDATE ON carer_joined
WHEN NEW."gone_id" IS NOT OLD."gone_id"
OR NEW."kept_id" IS NOT OLD."kept_id"
OR NEW."at" IS NOT OLD."at"
OR NEW."person_id" IS NOT OLD."person_id"
OR NEW."id" IS NOT OLD."id"
OR NEW."school_id" IS NOT OLD."school_id"
BEGIN SELECT RAISE(ABORT, 'carer_joined_never_changes'); END""")
        op.execute("""CREATE TRIGGER carer_joined_never_goes BEFORE DELETE ON carer_joined
BEGIN SELECT RAISE(ABORT, 'carer_joined_never_changes'); END""")
        op.execute("""CREATE TRIGGER carer_joined_never_gives_way BEFORE INSERT ON carer_joined
WHEN EXISTS (SELECT 1 FROM carer_joined WHERE id = NEW.id OR gone_id = NEW.gone_id)
BEGIN SELECT RAISE(ABORT, 'carer_joined_never_changes'); END""")
    if op.get_context().dialect.name == "postgresql":
        op.execute("""CREATE OR REPLACE FUNCTION carer_joined_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP = 'UPDATE' THEN
IF NOT (NEW."gone_id" IS DISTINCT FROM OLD."gone_id"
OR NEW."kept_id" IS DISTINCT FROM OLD."kept_id"
OR NEW."at" IS DISTINCT FROM OLD."at"
OR NEW."person_id" IS DISTINCT FROM OLD."person_id"
OR NEW."id" IS DISTINCT FROM OLD."id"
OR NEW."school_id" IS DISTINCT FROM OLD."school_id") THEN RETURN NEW; END IF;
END IF;
RAISE EXCEPTION USING MESSAGE = 'carer_joined_never_changes', ERRCODE = 'integrity_constraint_violation';
END $$""")
        op.execute("""CREATE TRIGGER carer_joined_never_changes BEFORE UPDATE OR DELETE ON carer_joined FOR EACH ROW EXECUTE FUNCTION carer_joined_never_changes()""")
        op.execute("""CREATE TRIGGER carer_joined_never_goes BEFORE TRUNCATE ON carer_joined FOR EACH STATEMENT EXECUTE FUNCTION carer_joined_never_changes()""")
    if op.get_context().dialect.name == "sqlite":
        op.execute("""CREATE TRIGGER issue_never_changes BEFORE UPDATE ON issue
WHEN NEW."conversation_id" IS NOT OLD."conversation_id"
OR (NEW."carer_id" IS NOT OLD."carer_id" AND NOT (EXISTS (SELECT 1 FROM carer_joined WHERE gone_id = OLD.carer_id AND kept_id = NEW.carer_id)))
OR NEW."number" IS NOT OLD."number"
OR NEW."reason" IS NOT OLD."reason"
OR NEW."correction_id" IS NOT OLD."correction_id"
OR NEW."language" IS NOT OLD."language"
OR NEW."layout" IS NOT OLD."layout"
OR NEW."document" IS NOT OLD."document"
OR NEW."sha256" IS NOT OLD."sha256"
OR NEW."content" IS NOT OLD."content"
OR NEW."guide_version" IS NOT OLD."guide_version"
OR NEW."line_states" IS NOT OLD."line_states"
OR NEW."issued_at" IS NOT OLD."issued_at"
OR NEW."issued_by_id" IS NOT OLD."issued_by_id"
OR (NEW."withdrawn_at" IS NOT OLD."withdrawn_at" AND NOT (OLD.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM delivery WHERE issue_id = OLD.id AND way IN ('collected', 'given', 'sent'))))
OR NEW."id" IS NOT OLD."id"
OR NEW."school_id" IS NOT OLD."school_id"
BEGIN SELECT RAISE(ABORT, 'issue_never_changes'); END""")
        op.execute("""CREATE TRIGGER issue_never_goes BEFORE DELETE ON issue
BEGIN SELECT RAISE(ABORT, 'issue_never_changes'); END""")
        op.execute("""CREATE TRIGGER issue_never_gives_way BEFORE INSERT ON issue
WHEN EXISTS (SELECT 1 FROM issue WHERE id = NEW.id OR conversation_id = NEW.conversation_id AND carer_id = NEW.carer_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'issue_never_changes'); END""")
    if op.get_context().dialect.name == "postgresql":
        op.execute("""CREATE OR REPLACE FUNCTION issue_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP = 'UPDATE' THEN
IF NOT (NEW."conversation_id" IS DISTINCT FROM OLD."conversation_id"
OR (NEW."carer_id" IS DISTINCT FROM OLD."carer_id" AND NOT (EXISTS (SELECT 1 FROM carer_joined WHERE gone_id = OLD.carer_id AND kept_id = NEW.carer_id)))
OR NEW."number" IS DISTINCT FROM OLD."number"
OR NEW."reason" IS DISTINCT FROM OLD."reason"
OR NEW."correction_id" IS DISTINCT FROM OLD."correction_id"
OR NEW."language" IS DISTINCT FROM OLD."language"
OR NEW."layout" IS DISTINCT FROM OLD."layout"
OR NEW."document" IS DISTINCT FROM OLD."document"
OR NEW."sha256" IS DISTINCT FROM OLD."sha256"
OR NEW."content" IS DISTINCT FROM OLD."content"
OR NEW."guide_version" IS DISTINCT FROM OLD."guide_version"
OR NEW."line_states" IS DISTINCT FROM OLD."line_states"
OR NEW."issued_at" IS DISTINCT FROM OLD."issued_at"
OR NEW."issued_by_id" IS DISTINCT FROM OLD."issued_by_id"
OR (NEW."withdrawn_at" IS DISTINCT FROM OLD."withdrawn_at" AND NOT (OLD.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM delivery WHERE issue_id = OLD.id AND way IN ('collected', 'given', 'sent'))))
OR NEW."id" IS DISTINCT FROM OLD."id"
OR NEW."school_id" IS DISTINCT FROM OLD."school_id") THEN RETURN NEW; END IF;
END IF;
RAISE EXCEPTION USING MESSAGE = 'issue_never_changes', ERRCODE = 'integrity_constraint_violation';
END $$""")
        op.execute("""CREATE TRIGGER issue_never_changes BEFORE UPDATE OR DELETE ON issue FOR EACH ROW EXECUTE FUNCTION issue_never_changes()""")
        op.execute("""CREATE TRIGGER issue_never_goes BEFORE TRUNCATE ON issue FOR EACH STATEMENT EXECUTE FUNCTION issue_never_changes()""")
    if op.get_context().dialect.name == "sqlite":
        op.execute("""CREATE TRIGGER delivery_never_changes BEFORE UPDATE ON delivery
WHEN NEW."issue_id" IS NOT OLD."issue_id"
OR NEW."way" IS NOT OLD."way"
OR NEW."due_on" IS NOT OLD."due_on"
OR NEW."language" IS NOT OLD."language"
OR NEW."by" IS NOT OLD."by"
OR NEW."recorded_at" IS NOT OLD."recorded_at"
OR NEW."recorded_by_id" IS NOT OLD."recorded_by_id"
OR NEW."id" IS NOT OLD."id"
OR NEW."school_id" IS NOT OLD."school_id"
BEGIN SELECT RAISE(ABORT, 'delivery_never_changes'); END""")
        op.execute("""CREATE TRIGGER delivery_never_goes BEFORE DELETE ON delivery
BEGIN SELECT RAISE(ABORT, 'delivery_never_changes'); END""")
        op.execute("""CREATE TRIGGER delivery_never_gives_way BEFORE INSERT ON delivery
WHEN EXISTS (SELECT 1 FROM delivery WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'delivery_never_changes'); END""")
    if op.get_context().dialect.name == "postgresql":
        op.execute("""CREATE OR REPLACE FUNCTION delivery_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP = 'UPDATE' THEN
IF NOT (NEW."issue_id" IS DISTINCT FROM OLD."issue_id"
OR NEW."way" IS DISTINCT FROM OLD."way"
OR NEW."due_on" IS DISTINCT FROM OLD."due_on"
OR NEW."language" IS DISTINCT FROM OLD."language"
OR NEW."by" IS DISTINCT FROM OLD."by"
OR NEW."recorded_at" IS DISTINCT FROM OLD."recorded_at"
OR NEW."recorded_by_id" IS DISTINCT FROM OLD."recorded_by_id"
OR NEW."id" IS DISTINCT FROM OLD."id"
OR NEW."school_id" IS DISTINCT FROM OLD."school_id") THEN RETURN NEW; END IF;
END IF;
RAISE EXCEPTION USING MESSAGE = 'delivery_never_changes', ERRCODE = 'integrity_constraint_violation';
END $$""")
        op.execute("""CREATE TRIGGER delivery_never_changes BEFORE UPDATE OR DELETE ON delivery FOR EACH ROW EXECUTE FUNCTION delivery_never_changes()""")
        op.execute("""CREATE TRIGGER delivery_never_goes BEFORE TRUNCATE ON delivery FOR EACH STATEMENT EXECUTE FUNCTION delivery_never_changes()""")
