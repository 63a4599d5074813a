DO $$ BEGIN CREATE ROLE konectus_app NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
-- ;;
GRANT konectus_app TO CURRENT_USER
-- ;;
DO $$ BEGIN CREATE ROLE konectus_dispatch NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
-- ;;
GRANT konectus_dispatch TO CURRENT_USER
-- ;;
DO $$ BEGIN CREATE ROLE konectus_search NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
-- ;;
GRANT konectus_search TO CURRENT_USER
-- ;;
GRANT USAGE ON SCHEMA public TO konectus_app, konectus_dispatch, konectus_search
-- ;;
CREATE EXTENSION IF NOT EXISTS pg_trgm
-- ;;
CREATE EXTENSION IF NOT EXISTS unaccent
-- ;;
CREATE TABLE agent_session (
	tenant_id UUID NOT NULL, 
	user_id UUID NOT NULL, 
	state TEXT DEFAULT 'offline' NOT NULL, 
	epoch BIGINT DEFAULT 1 NOT NULL, 
	since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	idle_since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_agent_session PRIMARY KEY (tenant_id, user_id), 
	CONSTRAINT ck_agent_session_state CHECK (state IN ('ready','paused','offline'))
)
-- ;;
CREATE TABLE capacity (
	tenant_id UUID NOT NULL, 
	user_id UUID NOT NULL, 
	total BIGINT DEFAULT 5 NOT NULL, 
	used BIGINT DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_capacity PRIMARY KEY (tenant_id, user_id), 
	CONSTRAINT ck_capacity_room CHECK (used BETWEEN 0 AND total)
)
-- ;;
CREATE TABLE channel_account (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	parent_id TEXT, 
	name TEXT NOT NULL, 
	token_sealed TEXT NOT NULL, 
	state TEXT DEFAULT 'connected' NOT NULL, 
	problem TEXT, 
	bot_enabled BOOLEAN DEFAULT true NOT NULL, 
	last_inbound_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_channel_account PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_channel_account_kind CHECK (kind IN ('whatsapp','messenger','instagram')), 
	CONSTRAINT ck_channel_account_state CHECK (state IN ('connected','needs_attention','disconnected'))
)
-- ;;
CREATE INDEX ix_channel_account_parent ON channel_account (kind, parent_id)
-- ;;
CREATE UNIQUE INDEX uq_channel_account_external ON channel_account (kind, external_id) WHERE state <> 'disconnected'
-- ;;
CREATE TABLE channel_policy (
	channel TEXT NOT NULL, 
	key TEXT NOT NULL, 
	valid_from TIMESTAMP WITH TIME ZONE NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_channel_policy PRIMARY KEY (channel, key, valid_from)
)
-- ;;
CREATE TABLE contact (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	name TEXT, 
	phone TEXT, 
	phone_key TEXT, 
	email TEXT, 
	language TEXT, 
	tags TEXT[] DEFAULT '{}'::text[] NOT NULL, 
	fields JSONB DEFAULT '{}'::jsonb NOT NULL, 
	search TEXT DEFAULT '' NOT NULL, 
	over_limit BOOLEAN DEFAULT false NOT NULL, 
	merged_into UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_contact PRIMARY KEY (tenant_id, id), 
	CONSTRAINT fk_contact_tenant_id_merged_into FOREIGN KEY(tenant_id, merged_into) REFERENCES contact (tenant_id, id)
)
-- ;;
CREATE INDEX ix_contact_merged ON contact (tenant_id, merged_into) WHERE merged_into IS NOT NULL
-- ;;
CREATE INDEX ix_contact_search_prefix ON contact (tenant_id, search text_pattern_ops) WHERE merged_into IS NULL
-- ;;
CREATE UNIQUE INDEX uq_contact_phone_key ON contact (tenant_id, phone_key) WHERE phone_key IS NOT NULL AND merged_into IS NULL
-- ;;
CREATE TABLE contact_field (
	tenant_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	label TEXT NOT NULL, 
	type TEXT NOT NULL, 
	choices TEXT[] DEFAULT '{}'::text[] NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_contact_field PRIMARY KEY (tenant_id, key), 
	CONSTRAINT ck_contact_field_type CHECK (type IN ('text','number','date','boolean','choice'))
)
-- ;;
CREATE TABLE conversation (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	channel_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	user_key TEXT NOT NULL, 
	phone TEXT, 
	identity_id UUID NOT NULL, 
	owner TEXT DEFAULT 'none' NOT NULL, 
	assignee_id UUID, 
	epoch BIGINT DEFAULT 1 NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	language TEXT, 
	unread BIGINT DEFAULT 0 NOT NULL, 
	next_seq BIGINT DEFAULT 1 NOT NULL, 
	preview JSONB, 
	last_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	window_opened_at TIMESTAMP WITH TIME ZONE, 
	owed BOOLEAN DEFAULT false NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_conversation PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_conversation_owner CHECK (owner IN ('bot','queue','offered','agent','none')), 
	CONSTRAINT ck_conversation_assignee CHECK ((owner IN ('agent','offered')) = (assignee_id IS NOT NULL)), 
	CONSTRAINT ck_conversation_state CHECK (state IN ('open','resolved'))
)
-- ;;
CREATE INDEX ix_conversation_assignee ON conversation (tenant_id, assignee_id, last_at)
-- ;;
CREATE INDEX ix_conversation_owed ON conversation (tenant_id) WHERE owed
-- ;;
CREATE INDEX ix_conversation_owner ON conversation (tenant_id, owner, last_at) WHERE state = 'open'
-- ;;
CREATE INDEX ix_conversation_recent ON conversation (tenant_id, state, last_at, id)
-- ;;
CREATE UNIQUE INDEX uq_conversation_identity ON conversation (tenant_id, identity_id)
-- ;;
CREATE TABLE customer_order (
	tenant_id UUID NOT NULL, 
	number TEXT NOT NULL, 
	status TEXT NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	tracking_url TEXT, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_customer_order PRIMARY KEY (tenant_id, number)
)
-- ;;
CREATE INDEX ix_customer_order_updated ON customer_order (tenant_id, updated_at)
-- ;;
CREATE TABLE customer_window (
	tenant_id UUID NOT NULL, 
	channel_id UUID NOT NULL, 
	user_key TEXT NOT NULL, 
	opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_customer_window PRIMARY KEY (tenant_id, channel_id, user_key)
)
-- ;;
CREATE TABLE decision_log (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	work_item_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	event TEXT NOT NULL, 
	from_state TEXT, 
	to_state TEXT NOT NULL, 
	actor_id UUID, 
	data JSONB DEFAULT '{}'::jsonb NOT NULL, 
	CONSTRAINT pk_decision_log PRIMARY KEY (tenant_id, id)
)
-- ;;
CREATE INDEX ix_decision_log_item ON decision_log (tenant_id, work_item_id, at)
-- ;;
CREATE TABLE inbox_event (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	channel_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	key TEXT NOT NULL, 
	lane TEXT NOT NULL, 
	lane_seq BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	data JSONB NOT NULL, 
	CONSTRAINT pk_inbox_event PRIMARY KEY (tenant_id, id), 
	CONSTRAINT uq_inbox_event_tenant_id_channel_id_key UNIQUE (tenant_id, channel_id, key)
)
-- ;;
CREATE INDEX ix_inbox_event_received ON inbox_event USING brin (received_at)
-- ;;
CREATE TABLE inbox_waiting (
	tenant_id UUID NOT NULL, 
	lane TEXT NOT NULL, 
	lane_seq BIGINT NOT NULL, 
	event_id UUID NOT NULL, 
	state TEXT DEFAULT 'ready' NOT NULL, 
	attempts BIGINT DEFAULT 0 NOT NULL, 
	not_before TIMESTAMP WITH TIME ZONE, 
	error TEXT, 
	CONSTRAINT pk_inbox_waiting PRIMARY KEY (tenant_id, lane, lane_seq), 
	CONSTRAINT ck_inbox_waiting_state CHECK (state IN ('ready','dead'))
)
-- ;;
CREATE INDEX ix_inbox_waiting_dead ON inbox_waiting (tenant_id, event_id) WHERE state = 'dead'
-- ;;
CREATE TABLE job (
	id UUID NOT NULL, 
	tenant_id UUID, 
	topic TEXT NOT NULL, 
	payload JSONB NOT NULL, 
	unique_key TEXT, 
	state TEXT DEFAULT 'ready' NOT NULL, 
	run_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	attempts BIGINT DEFAULT 0 NOT NULL, 
	max_attempts BIGINT DEFAULT 10 NOT NULL, 
	token BIGINT DEFAULT 0 NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	error TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_job PRIMARY KEY (id), 
	CONSTRAINT ck_job_state CHECK (state IN ('ready','running','done','dead'))
)
-- ;;
CREATE INDEX ix_job_due ON job (run_at) WHERE state = 'ready'
-- ;;
CREATE INDEX ix_job_lease ON job (lease_until) WHERE state = 'running'
-- ;;
CREATE UNIQUE INDEX uq_job_waiting ON job (topic, unique_key) WHERE state = 'ready' AND unique_key IS NOT NULL
-- ;;
CREATE TABLE lane (
	tenant_id UUID NOT NULL, 
	lane TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	next_seq BIGINT DEFAULT 1 NOT NULL, 
	priority BIGINT DEFAULT 0 NOT NULL, 
	ready_at TIMESTAMP WITH TIME ZONE, 
	token BIGINT DEFAULT 0 NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_lane PRIMARY KEY (tenant_id, lane)
)
-- ;;
CREATE INDEX ix_lane_due ON lane (kind, priority, ready_at) WHERE ready_at IS NOT NULL
-- ;;
CREATE TABLE ledger_account (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	code TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_ledger_account PRIMARY KEY (tenant_id, id), 
	CONSTRAINT uq_ledger_account_tenant_id_code_unit UNIQUE (tenant_id, code, unit)
)
-- ;;
CREATE TABLE live_event (
	tenant_id UUID NOT NULL, 
	id BIGINT NOT NULL, 
	type TEXT NOT NULL, 
	data JSONB NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_live_event PRIMARY KEY (tenant_id, id)
)
-- ;;
CREATE TABLE live_head (
	tenant_id UUID NOT NULL, 
	head BIGINT DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_live_head PRIMARY KEY (tenant_id)
)
-- ;;
CREATE TABLE offer (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	work_item_id UUID NOT NULL, 
	user_id UUID NOT NULL, 
	state TEXT DEFAULT 'pending' NOT NULL, 
	session_epoch BIGINT NOT NULL, 
	offered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_offer PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_offer_state CHECK (state IN ('pending','accepted','rejected','expired','withdrawn'))
)
-- ;;
CREATE UNIQUE INDEX uq_offer_pending ON offer (tenant_id, work_item_id) WHERE state = 'pending'
-- ;;
CREATE TABLE outbox (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	lane TEXT NOT NULL, 
	lane_seq BIGINT NOT NULL, 
	channel_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	account TEXT NOT NULL, 
	user_key TEXT NOT NULL, 
	phone TEXT, 
	native JSONB NOT NULL, 
	origin TEXT NOT NULL, 
	purpose TEXT DEFAULT 'service' NOT NULL, 
	message_id UUID, 
	epoch BIGINT, 
	client_id TEXT, 
	hold_id UUID, 
	human BOOLEAN DEFAULT false NOT NULL, 
	not_before TIMESTAMP WITH TIME ZONE, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	priority BIGINT DEFAULT 0 NOT NULL, 
	state TEXT DEFAULT 'queued' NOT NULL, 
	attempts BIGINT DEFAULT 0 NOT NULL, 
	provider_id TEXT, 
	call_at TIMESTAMP WITH TIME ZONE, 
	sent_at TIMESTAMP WITH TIME ZONE, 
	error_kind TEXT, 
	error_code TEXT, 
	error_detail TEXT, 
	delivered_state TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_outbox_channel CHECK (channel IN ('whatsapp','messenger','instagram')), 
	CONSTRAINT ck_outbox_origin CHECK (origin IN ('bot','agent','system','campaign')), 
	CONSTRAINT ck_outbox_purpose CHECK (purpose IN ('service','utility','marketing','authentication')), 
	CONSTRAINT ck_outbox_state CHECK (state IN ('queued','sending','sent','unknown','unconfirmed','failed','expired')), 
	CONSTRAINT ck_outbox_delivered_state CHECK (delivered_state IN ('sent','delivered','read','failed'))
)
-- ;;
CREATE INDEX ix_outbox_lane ON outbox (tenant_id, lane, lane_seq) WHERE state IN ('queued','sending','unknown')
-- ;;
CREATE INDEX ix_outbox_message ON outbox (tenant_id, message_id) WHERE message_id IS NOT NULL
-- ;;
CREATE INDEX ix_outbox_provider ON outbox (tenant_id, provider_id) WHERE provider_id IS NOT NULL
-- ;;
CREATE INDEX ix_outbox_unknown ON outbox (tenant_id, state, call_at) WHERE state = 'unknown'
-- ;;
CREATE INDEX ix_outbox_unread ON outbox (tenant_id, channel_id, user_key, sent_at) WHERE delivered_state IN ('sent','delivered')
-- ;;
CREATE TABLE plan (
	id UUID NOT NULL, 
	code TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	price_minor BIGINT NOT NULL, 
	active BOOLEAN DEFAULT true NOT NULL, 
	CONSTRAINT pk_plan PRIMARY KEY (id), 
	CONSTRAINT uq_plan_code_version UNIQUE (code, version), 
	CONSTRAINT ck_plan_price CHECK (price_minor >= 0), 
	CONSTRAINT ck_plan_currency CHECK (currency ~ '^[A-Z]{3}$')
)
-- ;;
CREATE TABLE policy_version (
	tenant_id UUID NOT NULL, 
	version BIGINT NOT NULL, 
	policy JSONB NOT NULL, 
	created_by UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_policy_version PRIMARY KEY (tenant_id, version)
)
-- ;;
CREATE TABLE process (
	id UUID NOT NULL, 
	role TEXT NOT NULL, 
	started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	detail JSONB DEFAULT '{}'::jsonb NOT NULL, 
	CONSTRAINT pk_process PRIMARY KEY (id)
)
-- ;;
CREATE TABLE queue (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	is_default BOOLEAN DEFAULT false NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_queue PRIMARY KEY (tenant_id, id)
)
-- ;;
CREATE UNIQUE INDEX uq_queue_default ON queue (tenant_id) WHERE is_default
-- ;;
CREATE TABLE subscription_change (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	before TEXT, 
	after TEXT NOT NULL, 
	reason TEXT, 
	revision BIGINT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_subscription_change PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_subscription_change_kind CHECK (kind IN ('start','state','plan')), 
	CONSTRAINT uq_subscription_change_tenant_id_revision UNIQUE (tenant_id, revision)
)
-- ;;
CREATE TABLE tenant (
	tenant_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	locale TEXT NOT NULL, 
	timezone TEXT NOT NULL, 
	profile JSONB NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_tenant PRIMARY KEY (tenant_id), 
	CONSTRAINT ck_tenant_locale CHECK (locale IN ('pt-BR','es','en'))
)
-- ;;
CREATE TABLE usage_counter (
	tenant_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	used BIGINT DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_usage_counter PRIMARY KEY (tenant_id, key), 
	CONSTRAINT ck_usage_counter_used CHECK (used >= 0)
)
-- ;;
CREATE TABLE webhook_body (
	id BIGINT GENERATED BY DEFAULT AS IDENTITY, 
	channel TEXT NOT NULL, 
	hash BYTEA NOT NULL, 
	body BYTEA NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	problem TEXT, 
	CONSTRAINT pk_webhook_body PRIMARY KEY (id), 
	CONSTRAINT ck_webhook_body_channel CHECK (channel IN ('whatsapp','messenger','instagram')), 
	CONSTRAINT uq_webhook_body_hash UNIQUE (hash)
)
-- ;;
CREATE INDEX ix_webhook_body_received ON webhook_body USING brin (received_at)
-- ;;
CREATE TABLE webhook_new (
	body_id BIGINT NOT NULL, 
	CONSTRAINT pk_webhook_new PRIMARY KEY (body_id)
)
-- ;;
CREATE TABLE webhook_orphan (
	id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	account TEXT NOT NULL, 
	key TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	raw BYTEA NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_webhook_orphan PRIMARY KEY (id), 
	CONSTRAINT ck_webhook_orphan_reason CHECK (reason IN ('unknown_account','rejected','account_news')), 
	CONSTRAINT uq_webhook_orphan_channel_account_key UNIQUE (channel, account, key)
)
-- ;;
CREATE INDEX ix_webhook_orphan_at ON webhook_orphan (at)
-- ;;
CREATE TABLE app_user (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT NOT NULL, 
	role TEXT NOT NULL, 
	active BOOLEAN DEFAULT true NOT NULL, 
	locale TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_app_user PRIMARY KEY (tenant_id, id), 
	CONSTRAINT uq_app_user_tenant_id_email UNIQUE (tenant_id, email), 
	CONSTRAINT ck_app_user_role CHECK (role IN ('agent','supervisor','admin','owner')), 
	CONSTRAINT ck_app_user_locale CHECK (locale IN ('pt-BR','es','en')), 
	CONSTRAINT fk_app_user_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (tenant_id)
)
-- ;;
CREATE TABLE assignment (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	work_item_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	user_id UUID NOT NULL, 
	started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	end_reason TEXT, 
	CONSTRAINT pk_assignment PRIMARY KEY (tenant_id, id), 
	CONSTRAINT fk_assignment_tenant_id_conversation_id FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversation (tenant_id, id) ON DELETE CASCADE
)
-- ;;
CREATE UNIQUE INDEX uq_assignment_live ON assignment (tenant_id, work_item_id) WHERE ended_at IS NULL
-- ;;
CREATE TABLE consent (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	contact_id UUID NOT NULL, 
	purpose TEXT NOT NULL, 
	state TEXT NOT NULL, 
	source TEXT NOT NULL, 
	evidence JSONB DEFAULT '{}'::jsonb NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_consent PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_consent_purpose CHECK (purpose IN ('marketing','service')), 
	CONSTRAINT ck_consent_state CHECK (state IN ('in','out')), 
	CONSTRAINT fk_consent_tenant_id_contact_id FOREIGN KEY(tenant_id, contact_id) REFERENCES contact (tenant_id, id)
)
-- ;;
CREATE INDEX ix_consent_contact ON consent (tenant_id, contact_id, purpose, at)
-- ;;
CREATE TABLE entitlement (
	plan_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value BIGINT, 
	CONSTRAINT pk_entitlement PRIMARY KEY (plan_id, key), 
	CONSTRAINT ck_entitlement_kind CHECK (kind IN ('limit','flag')), 
	CONSTRAINT ck_entitlement_value CHECK (value >= 0), 
	CONSTRAINT fk_entitlement_plan_id FOREIGN KEY(plan_id) REFERENCES plan (id)
)
-- ;;
CREATE TABLE episode (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	close_reason TEXT, 
	CONSTRAINT pk_episode PRIMARY KEY (tenant_id, id), 
	CONSTRAINT fk_episode_tenant_id_conversation_id FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversation (tenant_id, id) ON DELETE CASCADE
)
-- ;;
CREATE UNIQUE INDEX uq_episode_open ON episode (tenant_id, conversation_id) WHERE closed_at IS NULL
-- ;;
CREATE TABLE identity (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	contact_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	account TEXT NOT NULL, 
	channel_id UUID NOT NULL, 
	user_key TEXT NOT NULL, 
	name TEXT, 
	username TEXT, 
	merged_into UUID, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_identity_channel CHECK (channel IN ('whatsapp','messenger','instagram')), 
	CONSTRAINT fk_identity_tenant_id_contact_id FOREIGN KEY(tenant_id, contact_id) REFERENCES contact (tenant_id, id)
)
-- ;;
CREATE INDEX ix_identity_contact ON identity (tenant_id, contact_id)
-- ;;
CREATE INDEX ix_identity_merged ON identity (tenant_id, merged_into) WHERE merged_into IS NOT NULL
-- ;;
CREATE UNIQUE INDEX uq_identity_user_key ON identity (tenant_id, channel_id, user_key) WHERE merged_into IS NULL
-- ;;
CREATE TABLE ledger_transfer (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	key TEXT NOT NULL, 
	debit_id UUID NOT NULL, 
	credit_id UUID NOT NULL, 
	amount BIGINT NOT NULL, 
	ref TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_ledger_transfer PRIMARY KEY (tenant_id, id), 
	CONSTRAINT uq_ledger_transfer_tenant_id_key UNIQUE (tenant_id, key), 
	CONSTRAINT ck_ledger_transfer_amount CHECK (amount > 0), 
	CONSTRAINT ck_ledger_transfer_sides CHECK (debit_id <> credit_id), 
	CONSTRAINT fk_ledger_transfer_tenant_id_debit_id FOREIGN KEY(tenant_id, debit_id) REFERENCES ledger_account (tenant_id, id), 
	CONSTRAINT fk_ledger_transfer_tenant_id_credit_id FOREIGN KEY(tenant_id, credit_id) REFERENCES ledger_account (tenant_id, id)
)
-- ;;
CREATE INDEX ix_ledger_transfer_credit ON ledger_transfer (tenant_id, credit_id)
-- ;;
CREATE INDEX ix_ledger_transfer_debit ON ledger_transfer (tenant_id, debit_id)
-- ;;
CREATE TABLE message (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	episode_id UUID, 
	seq BIGINT NOT NULL, 
	direction TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	author_id UUID, 
	kind TEXT NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	content JSONB DEFAULT '{}'::jsonb NOT NULL, 
	provider_id TEXT, 
	reply_to UUID, 
	status TEXT NOT NULL, 
	failure JSONB, 
	client_id UUID, 
	bot JSONB, 
	reaction TEXT, 
	deleted BOOLEAN DEFAULT false NOT NULL, 
	edited BOOLEAN DEFAULT false NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (tenant_id, id), 
	CONSTRAINT fk_message_tenant_id_conversation_id FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversation (tenant_id, id) ON DELETE CASCADE
)
-- ;;
CREATE INDEX ix_message_shown ON message (tenant_id, conversation_id, at, seq)
-- ;;
CREATE UNIQUE INDEX uq_message_client ON message (tenant_id, conversation_id, client_id) WHERE client_id IS NOT NULL
-- ;;
CREATE UNIQUE INDEX uq_message_provider ON message (tenant_id, conversation_id, provider_id) WHERE provider_id IS NOT NULL
-- ;;
CREATE TABLE note (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	contact_id UUID NOT NULL, 
	author_id UUID NOT NULL, 
	text TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_note PRIMARY KEY (tenant_id, id), 
	CONSTRAINT fk_note_tenant_id_contact_id FOREIGN KEY(tenant_id, contact_id) REFERENCES contact (tenant_id, id)
)
-- ;;
CREATE INDEX ix_note_contact ON note (tenant_id, contact_id, at)
-- ;;
CREATE TABLE subscription (
	tenant_id UUID NOT NULL, 
	plan_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT, 
	anchor_day BIGINT NOT NULL, 
	period_start TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	period_end TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	cancel_at_period_end BOOLEAN DEFAULT false NOT NULL, 
	changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	revision BIGINT DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_subscription PRIMARY KEY (tenant_id), 
	CONSTRAINT ck_subscription_state CHECK (state IN ('active','past_due','suspended')), 
	CONSTRAINT ck_subscription_anchor_day CHECK (anchor_day BETWEEN 1 AND 31), 
	CONSTRAINT ck_subscription_period CHECK (period_end > period_start), 
	CONSTRAINT fk_subscription_plan_id FOREIGN KEY(plan_id) REFERENCES plan (id)
)
-- ;;
CREATE TABLE tracker (
	tenant_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	data JSONB NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_tracker PRIMARY KEY (tenant_id, conversation_id), 
	CONSTRAINT fk_tracker_tenant_id_conversation_id FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversation (tenant_id, id) ON DELETE CASCADE
)
-- ;;
CREATE TABLE turn (
	tenant_id UUID NOT NULL, 
	message_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	epoch BIGINT NOT NULL, 
	answers JSONB NOT NULL, 
	controls JSONB DEFAULT '[]'::jsonb NOT NULL, 
	nlu JSONB NOT NULL, 
	model TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_turn PRIMARY KEY (tenant_id, message_id), 
	CONSTRAINT fk_turn_tenant_id_conversation_id FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversation (tenant_id, id) ON DELETE CASCADE
)
-- ;;
CREATE INDEX ix_turn_conversation ON turn (tenant_id, conversation_id, at)
-- ;;
CREATE TABLE work_item (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	episode_id UUID NOT NULL, 
	queue_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	packet JSONB NOT NULL, 
	excluded UUID[] DEFAULT '{}' NOT NULL, 
	version BIGINT DEFAULT 1 NOT NULL, 
	queued_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	done_reason TEXT, 
	CONSTRAINT pk_work_item PRIMARY KEY (tenant_id, id), 
	CONSTRAINT fk_work_item_tenant_id_conversation_id FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversation (tenant_id, id) ON DELETE CASCADE, 
	CONSTRAINT ck_work_item_state CHECK (state IN ('queued','offered','active','done'))
)
-- ;;
CREATE INDEX ix_work_item_waiting ON work_item (tenant_id, queued_at) WHERE state = 'queued'
-- ;;
CREATE UNIQUE INDEX uq_work_item_open ON work_item (tenant_id, conversation_id) WHERE state <> 'done'
-- ;;
CREATE TABLE api_token (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	hash TEXT NOT NULL, 
	prefix TEXT NOT NULL, 
	user_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	scopes TEXT[], 
	expires_at TIMESTAMP WITH TIME ZONE, 
	last_used_at TIMESTAMP WITH TIME ZONE, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_api_token PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_api_token_role CHECK (role IN ('agent','supervisor','admin','owner')), 
	CONSTRAINT fk_api_token_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES app_user (tenant_id, id), 
	CONSTRAINT uq_api_token_hash UNIQUE (hash)
)
-- ;;
CREATE TABLE identity_alias (
	tenant_id UUID NOT NULL, 
	scope TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	identity_id UUID NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_identity_alias PRIMARY KEY (tenant_id, scope, kind, value), 
	CONSTRAINT ck_identity_alias_kind CHECK (kind IN ('phone','bsuid','psid','igsid','username')), 
	CONSTRAINT fk_identity_alias_tenant_id_identity_id FOREIGN KEY(tenant_id, identity_id) REFERENCES identity (tenant_id, id)
)
-- ;;
CREATE INDEX ix_identity_alias_identity ON identity_alias (tenant_id, identity_id)
-- ;;
CREATE INDEX ix_identity_alias_value ON identity_alias (tenant_id, kind, value)
-- ;;
CREATE TABLE invite (
	tenant_id UUID NOT NULL, 
	user_id UUID NOT NULL, 
	token_hash TEXT NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	CONSTRAINT pk_invite PRIMARY KEY (tenant_id, user_id), 
	CONSTRAINT fk_invite_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES app_user (tenant_id, id), 
	CONSTRAINT uq_invite_token_hash UNIQUE (token_hash)
)
-- ;;
CREATE TABLE login (
	tenant_id UUID NOT NULL, 
	user_id UUID NOT NULL, 
	email TEXT NOT NULL, 
	password_hash TEXT, 
	failed BIGINT DEFAULT 0 NOT NULL, 
	failed_at TIMESTAMP WITH TIME ZONE, 
	locked_until TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_login PRIMARY KEY (tenant_id, user_id), 
	CONSTRAINT fk_login_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES app_user (tenant_id, id), 
	CONSTRAINT uq_login_email UNIQUE (email)
)
-- ;;
CREATE TABLE session (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	token_hash TEXT NOT NULL, 
	user_id UUID NOT NULL, 
	user_name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ip TEXT NOT NULL, 
	user_agent TEXT NOT NULL, 
	CONSTRAINT pk_session PRIMARY KEY (tenant_id, id), 
	CONSTRAINT ck_session_role CHECK (role IN ('agent','supervisor','admin','owner')), 
	CONSTRAINT fk_session_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES app_user (tenant_id, id), 
	CONSTRAINT uq_session_token_hash UNIQUE (token_hash)
)
-- ;;
CREATE INDEX ix_session_expiry ON session (expires_at)
-- ;;
CREATE INDEX ix_session_user ON session (tenant_id, user_id)
-- ;;
CREATE TABLE terms_acceptance (
	tenant_id UUID NOT NULL, 
	id UUID NOT NULL, 
	user_id UUID NOT NULL, 
	version TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ip TEXT NOT NULL, 
	user_agent TEXT NOT NULL, 
	CONSTRAINT pk_terms_acceptance PRIMARY KEY (tenant_id, id), 
	CONSTRAINT fk_terms_acceptance_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES app_user (tenant_id, id)
)
-- ;;
GRANT select ON "agent_session" TO konectus_app
-- ;;
GRANT insert ON "agent_session" TO konectus_app
-- ;;
GRANT update ON "agent_session" TO konectus_app
-- ;;
GRANT delete ON "agent_session" TO konectus_app
-- ;;
ALTER TABLE "agent_session" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "agent_session" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "agent_session" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "capacity" TO konectus_app
-- ;;
GRANT insert ON "capacity" TO konectus_app
-- ;;
GRANT update ON "capacity" TO konectus_app
-- ;;
GRANT delete ON "capacity" TO konectus_app
-- ;;
ALTER TABLE "capacity" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "capacity" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "capacity" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "channel_account" TO konectus_app
-- ;;
GRANT insert ON "channel_account" TO konectus_app
-- ;;
GRANT update ON "channel_account" TO konectus_app
-- ;;
GRANT delete ON "channel_account" TO konectus_app
-- ;;
GRANT select(tenant_id,id,kind,external_id,parent_id,state) ON "channel_account" TO konectus_dispatch
-- ;;
ALTER TABLE "channel_account" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "channel_account" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "channel_account" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "channel_account" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "channel_policy" TO konectus_app
-- ;;
GRANT select ON "channel_policy" TO konectus_dispatch
-- ;;
GRANT select ON "contact" TO konectus_app
-- ;;
GRANT insert ON "contact" TO konectus_app
-- ;;
GRANT update ON "contact" TO konectus_app
-- ;;
GRANT delete ON "contact" TO konectus_app
-- ;;
ALTER TABLE "contact" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "contact" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "contact" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "contact_field" TO konectus_app
-- ;;
GRANT insert ON "contact_field" TO konectus_app
-- ;;
GRANT update ON "contact_field" TO konectus_app
-- ;;
GRANT delete ON "contact_field" TO konectus_app
-- ;;
ALTER TABLE "contact_field" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "contact_field" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "contact_field" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "conversation" TO konectus_app
-- ;;
GRANT insert ON "conversation" TO konectus_app
-- ;;
GRANT update ON "conversation" TO konectus_app
-- ;;
GRANT delete ON "conversation" TO konectus_app
-- ;;
ALTER TABLE "conversation" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "conversation" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "conversation" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "customer_order" TO konectus_app
-- ;;
GRANT insert ON "customer_order" TO konectus_app
-- ;;
GRANT update ON "customer_order" TO konectus_app
-- ;;
GRANT delete ON "customer_order" TO konectus_app
-- ;;
ALTER TABLE "customer_order" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "customer_order" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "customer_order" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "customer_window" TO konectus_app
-- ;;
GRANT insert ON "customer_window" TO konectus_app
-- ;;
GRANT update ON "customer_window" TO konectus_app
-- ;;
GRANT delete ON "customer_window" TO konectus_app
-- ;;
ALTER TABLE "customer_window" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "customer_window" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "customer_window" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "decision_log" TO konectus_app
-- ;;
GRANT insert ON "decision_log" TO konectus_app
-- ;;
ALTER TABLE "decision_log" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "decision_log" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "decision_log" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "inbox_event" TO konectus_app
-- ;;
GRANT insert ON "inbox_event" TO konectus_app
-- ;;
GRANT update ON "inbox_event" TO konectus_app
-- ;;
GRANT delete ON "inbox_event" TO konectus_app
-- ;;
GRANT select(tenant_id,id,channel_id,key,lane,lane_seq) ON "inbox_event" TO konectus_dispatch
-- ;;
GRANT insert ON "inbox_event" TO konectus_dispatch
-- ;;
ALTER TABLE "inbox_event" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "inbox_event" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "inbox_event" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "inbox_event" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "inbox_waiting" TO konectus_app
-- ;;
GRANT insert ON "inbox_waiting" TO konectus_app
-- ;;
GRANT update ON "inbox_waiting" TO konectus_app
-- ;;
GRANT delete ON "inbox_waiting" TO konectus_app
-- ;;
GRANT insert ON "inbox_waiting" TO konectus_dispatch
-- ;;
ALTER TABLE "inbox_waiting" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "inbox_waiting" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "inbox_waiting" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "inbox_waiting" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "job" TO konectus_app
-- ;;
GRANT insert ON "job" TO konectus_app
-- ;;
GRANT update ON "job" TO konectus_app
-- ;;
GRANT delete ON "job" TO konectus_app
-- ;;
GRANT select ON "job" TO konectus_dispatch
-- ;;
GRANT insert ON "job" TO konectus_dispatch
-- ;;
GRANT update ON "job" TO konectus_dispatch
-- ;;
GRANT delete ON "job" TO konectus_dispatch
-- ;;
ALTER TABLE "job" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "job" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "job" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "job" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "lane" TO konectus_app
-- ;;
GRANT insert ON "lane" TO konectus_app
-- ;;
GRANT update ON "lane" TO konectus_app
-- ;;
GRANT delete ON "lane" TO konectus_app
-- ;;
GRANT select ON "lane" TO konectus_dispatch
-- ;;
GRANT insert ON "lane" TO konectus_dispatch
-- ;;
GRANT update ON "lane" TO konectus_dispatch
-- ;;
ALTER TABLE "lane" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "lane" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "lane" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "lane" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "ledger_account" TO konectus_app
-- ;;
GRANT insert ON "ledger_account" TO konectus_app
-- ;;
ALTER TABLE "ledger_account" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "ledger_account" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "ledger_account" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "live_event" TO konectus_app
-- ;;
GRANT insert ON "live_event" TO konectus_app
-- ;;
GRANT update ON "live_event" TO konectus_app
-- ;;
GRANT delete ON "live_event" TO konectus_app
-- ;;
ALTER TABLE "live_event" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "live_event" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "live_event" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "live_head" TO konectus_app
-- ;;
GRANT insert ON "live_head" TO konectus_app
-- ;;
GRANT update ON "live_head" TO konectus_app
-- ;;
GRANT delete ON "live_head" TO konectus_app
-- ;;
ALTER TABLE "live_head" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "live_head" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "live_head" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "offer" TO konectus_app
-- ;;
GRANT insert ON "offer" TO konectus_app
-- ;;
GRANT update ON "offer" TO konectus_app
-- ;;
GRANT delete ON "offer" TO konectus_app
-- ;;
ALTER TABLE "offer" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "offer" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "offer" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "outbox" TO konectus_app
-- ;;
GRANT insert ON "outbox" TO konectus_app
-- ;;
GRANT update ON "outbox" TO konectus_app
-- ;;
GRANT delete ON "outbox" TO konectus_app
-- ;;
ALTER TABLE "outbox" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "outbox" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "outbox" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "plan" TO konectus_app
-- ;;
GRANT select ON "policy_version" TO konectus_app
-- ;;
GRANT insert ON "policy_version" TO konectus_app
-- ;;
GRANT update ON "policy_version" TO konectus_app
-- ;;
GRANT delete ON "policy_version" TO konectus_app
-- ;;
ALTER TABLE "policy_version" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "policy_version" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "policy_version" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "process" TO konectus_dispatch
-- ;;
GRANT insert ON "process" TO konectus_dispatch
-- ;;
GRANT update ON "process" TO konectus_dispatch
-- ;;
GRANT delete ON "process" TO konectus_dispatch
-- ;;
GRANT select ON "queue" TO konectus_app
-- ;;
GRANT insert ON "queue" TO konectus_app
-- ;;
GRANT update ON "queue" TO konectus_app
-- ;;
GRANT delete ON "queue" TO konectus_app
-- ;;
ALTER TABLE "queue" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "queue" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "queue" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "subscription_change" TO konectus_app
-- ;;
GRANT insert ON "subscription_change" TO konectus_app
-- ;;
ALTER TABLE "subscription_change" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "subscription_change" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "subscription_change" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "tenant" TO konectus_app
-- ;;
GRANT insert ON "tenant" TO konectus_app
-- ;;
GRANT update ON "tenant" TO konectus_app
-- ;;
GRANT delete ON "tenant" TO konectus_app
-- ;;
ALTER TABLE "tenant" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "tenant" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "tenant" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "usage_counter" TO konectus_app
-- ;;
GRANT insert ON "usage_counter" TO konectus_app
-- ;;
GRANT update ON "usage_counter" TO konectus_app
-- ;;
GRANT delete ON "usage_counter" TO konectus_app
-- ;;
ALTER TABLE "usage_counter" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "usage_counter" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "usage_counter" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "webhook_body" TO konectus_dispatch
-- ;;
GRANT insert ON "webhook_body" TO konectus_dispatch
-- ;;
GRANT update(problem) ON "webhook_body" TO konectus_dispatch
-- ;;
GRANT delete ON "webhook_body" TO konectus_dispatch
-- ;;
GRANT select ON "webhook_new" TO konectus_dispatch
-- ;;
GRANT insert ON "webhook_new" TO konectus_dispatch
-- ;;
GRANT delete ON "webhook_new" TO konectus_dispatch
-- ;;
GRANT select ON "webhook_orphan" TO konectus_dispatch
-- ;;
GRANT insert ON "webhook_orphan" TO konectus_dispatch
-- ;;
GRANT delete ON "webhook_orphan" TO konectus_dispatch
-- ;;
GRANT select ON "app_user" TO konectus_app
-- ;;
GRANT insert ON "app_user" TO konectus_app
-- ;;
GRANT update ON "app_user" TO konectus_app
-- ;;
GRANT delete ON "app_user" TO konectus_app
-- ;;
ALTER TABLE "app_user" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "app_user" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "app_user" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "assignment" TO konectus_app
-- ;;
GRANT insert ON "assignment" TO konectus_app
-- ;;
GRANT update ON "assignment" TO konectus_app
-- ;;
GRANT delete ON "assignment" TO konectus_app
-- ;;
ALTER TABLE "assignment" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "assignment" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "assignment" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "consent" TO konectus_app
-- ;;
GRANT insert ON "consent" TO konectus_app
-- ;;
ALTER TABLE "consent" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "consent" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "consent" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "entitlement" TO konectus_app
-- ;;
GRANT select ON "episode" TO konectus_app
-- ;;
GRANT insert ON "episode" TO konectus_app
-- ;;
GRANT update ON "episode" TO konectus_app
-- ;;
GRANT delete ON "episode" TO konectus_app
-- ;;
ALTER TABLE "episode" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "episode" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "episode" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "identity" TO konectus_app
-- ;;
GRANT insert ON "identity" TO konectus_app
-- ;;
GRANT update ON "identity" TO konectus_app
-- ;;
GRANT delete ON "identity" TO konectus_app
-- ;;
ALTER TABLE "identity" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "identity" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "identity" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "ledger_transfer" TO konectus_app
-- ;;
GRANT insert ON "ledger_transfer" TO konectus_app
-- ;;
ALTER TABLE "ledger_transfer" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "ledger_transfer" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "ledger_transfer" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "message" TO konectus_app
-- ;;
GRANT insert ON "message" TO konectus_app
-- ;;
GRANT update ON "message" TO konectus_app
-- ;;
GRANT delete ON "message" TO konectus_app
-- ;;
ALTER TABLE "message" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "message" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "message" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "note" TO konectus_app
-- ;;
GRANT insert ON "note" TO konectus_app
-- ;;
GRANT update ON "note" TO konectus_app
-- ;;
GRANT delete ON "note" TO konectus_app
-- ;;
ALTER TABLE "note" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "note" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "note" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "subscription" TO konectus_app
-- ;;
GRANT insert ON "subscription" TO konectus_app
-- ;;
GRANT update ON "subscription" TO konectus_app
-- ;;
GRANT delete ON "subscription" TO konectus_app
-- ;;
ALTER TABLE "subscription" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "subscription" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "subscription" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "tracker" TO konectus_app
-- ;;
GRANT insert ON "tracker" TO konectus_app
-- ;;
GRANT update ON "tracker" TO konectus_app
-- ;;
GRANT delete ON "tracker" TO konectus_app
-- ;;
ALTER TABLE "tracker" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "tracker" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "tracker" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "turn" TO konectus_app
-- ;;
GRANT insert ON "turn" TO konectus_app
-- ;;
GRANT update ON "turn" TO konectus_app
-- ;;
GRANT delete ON "turn" TO konectus_app
-- ;;
ALTER TABLE "turn" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "turn" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "turn" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "work_item" TO konectus_app
-- ;;
GRANT insert ON "work_item" TO konectus_app
-- ;;
GRANT update ON "work_item" TO konectus_app
-- ;;
GRANT delete ON "work_item" TO konectus_app
-- ;;
ALTER TABLE "work_item" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "work_item" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "work_item" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "api_token" TO konectus_app
-- ;;
GRANT insert ON "api_token" TO konectus_app
-- ;;
GRANT update ON "api_token" TO konectus_app
-- ;;
GRANT delete ON "api_token" TO konectus_app
-- ;;
GRANT select ON "api_token" TO konectus_dispatch
-- ;;
GRANT update(last_used_at) ON "api_token" TO konectus_dispatch
-- ;;
ALTER TABLE "api_token" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "api_token" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "api_token" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "api_token" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "identity_alias" TO konectus_app
-- ;;
GRANT insert ON "identity_alias" TO konectus_app
-- ;;
GRANT update ON "identity_alias" TO konectus_app
-- ;;
GRANT delete ON "identity_alias" TO konectus_app
-- ;;
ALTER TABLE "identity_alias" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "identity_alias" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "identity_alias" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
GRANT select ON "invite" TO konectus_app
-- ;;
GRANT insert ON "invite" TO konectus_app
-- ;;
GRANT update ON "invite" TO konectus_app
-- ;;
GRANT delete ON "invite" TO konectus_app
-- ;;
GRANT select ON "invite" TO konectus_dispatch
-- ;;
ALTER TABLE "invite" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "invite" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "invite" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "invite" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "login" TO konectus_app
-- ;;
GRANT insert ON "login" TO konectus_app
-- ;;
GRANT update ON "login" TO konectus_app
-- ;;
GRANT delete ON "login" TO konectus_app
-- ;;
GRANT select ON "login" TO konectus_dispatch
-- ;;
GRANT update(failed,failed_at,locked_until) ON "login" TO konectus_dispatch
-- ;;
ALTER TABLE "login" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "login" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "login" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "login" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "session" TO konectus_app
-- ;;
GRANT insert ON "session" TO konectus_app
-- ;;
GRANT update ON "session" TO konectus_app
-- ;;
GRANT delete ON "session" TO konectus_app
-- ;;
GRANT select ON "session" TO konectus_dispatch
-- ;;
GRANT update(seen_at,expires_at) ON "session" TO konectus_dispatch
-- ;;
GRANT delete ON "session" TO konectus_dispatch
-- ;;
ALTER TABLE "session" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "session" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "session" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE POLICY dispatch ON "session" TO konectus_dispatch USING (true) WITH CHECK (true)
-- ;;
GRANT select ON "terms_acceptance" TO konectus_app
-- ;;
GRANT insert ON "terms_acceptance" TO konectus_app
-- ;;
ALTER TABLE "terms_acceptance" ENABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE "terms_acceptance" FORCE ROW LEVEL SECURITY
-- ;;
CREATE POLICY tenant ON "terms_acceptance" TO konectus_app, konectus_search USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
-- ;;
CREATE INDEX ix_contact_search ON contact USING gin (search gin_trgm_ops)
-- ;;
GRANT SELECT ON contact TO konectus_search
-- ;;
CREATE POLICY search ON contact FOR SELECT TO konectus_search USING (true)
-- ;;
CREATE FUNCTION crm_search(patterns text[], before uuid, n integer) RETURNS SETOF contact
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $function$
DECLARE
  filters text := '';
  pattern text;
BEGIN
  FOREACH pattern IN ARRAY patterns LOOP
    filters := filters || format(' AND search LIKE %L', pattern);
  END LOOP;
  RETURN QUERY EXECUTE format('SELECT * FROM public.contact WHERE tenant_id = $1 AND merged_into IS NULL AND id < $2%s ORDER BY id DESC LIMIT $3', filters)
  USING NULLIF(current_setting('app.tenant', true), '')::uuid, before, n;
END $function$
-- ;;
GRANT CREATE ON SCHEMA public TO konectus_search
-- ;;
ALTER FUNCTION crm_search(text[], uuid, integer) OWNER TO konectus_search
-- ;;
REVOKE CREATE ON SCHEMA public FROM konectus_search
-- ;;
REVOKE ALL ON FUNCTION crm_search(text[], uuid, integer) FROM PUBLIC
-- ;;
GRANT EXECUTE ON FUNCTION crm_search(text[], uuid, integer) TO konectus_app
-- ;;
INSERT INTO plan (id, code, version, name, currency, price_minor) VALUES ('25b1bf22-1c49-59ed-b60e-6db6f9c39c05', 'essencial', 1, 'Essencial', 'BRL', 14900) ON CONFLICT DO NOTHING
-- ;;
INSERT INTO entitlement (plan_id, key, kind, value) VALUES ('25b1bf22-1c49-59ed-b60e-6db6f9c39c05', 'agents', 'limit', 3), ('25b1bf22-1c49-59ed-b60e-6db6f9c39c05', 'channels', 'limit', 2), ('25b1bf22-1c49-59ed-b60e-6db6f9c39c05', 'contacts', 'limit', 1000) ON CONFLICT DO NOTHING
-- ;;
INSERT INTO plan (id, code, version, name, currency, price_minor) VALUES ('b8922394-0544-56d1-b369-e67cc5a0b23c', 'profissional', 1, 'Profissional', 'BRL', 39900) ON CONFLICT DO NOTHING
-- ;;
INSERT INTO entitlement (plan_id, key, kind, value) VALUES ('b8922394-0544-56d1-b369-e67cc5a0b23c', 'agents', 'limit', 10), ('b8922394-0544-56d1-b369-e67cc5a0b23c', 'channels', 'limit', 6), ('b8922394-0544-56d1-b369-e67cc5a0b23c', 'contacts', 'limit', 10000) ON CONFLICT DO NOTHING
-- ;;
INSERT INTO plan (id, code, version, name, currency, price_minor) VALUES ('6b3f9324-96cd-518a-9231-5cd98ecd1d78', 'empresa', 1, 'Empresa', 'BRL', 99900) ON CONFLICT DO NOTHING
-- ;;
INSERT INTO entitlement (plan_id, key, kind, value) VALUES ('6b3f9324-96cd-518a-9231-5cd98ecd1d78', 'agents', 'limit', 50), ('6b3f9324-96cd-518a-9231-5cd98ecd1d78', 'channels', 'limit', 20), ('6b3f9324-96cd-518a-9231-5cd98ecd1d78', 'contacts', 'limit', 100000) ON CONFLICT DO NOTHING
