import type { MigrationInterface, QueryRunner } from "typeorm";

/** Learners, catalog, enrollments, policies, entitlements and support details. */
export class CreateEntitlements1795305600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table user_account (
        id bigint constraint user_account_pkey primary key,
        username varchar(150) not null constraint user_account_username_key unique,
        email varchar(254) not null default '',
        name varchar(255) not null default '',
        is_active boolean not null default true
      );
      create index user_account_email_idx on user_account (email);

      create table site (
        id bigint constraint site_pkey primary key,
        domain varchar(100) not null constraint site_domain_key unique,
        name varchar(50) not null
      );

      create table course_run (
        key varchar(255) constraint course_run_pkey primary key,
        course_uuid uuid,
        title varchar(255) not null default '',
        org varchar(255) not null default '',
        number varchar(255) not null default '',
        level_type varchar(255),
        image_url text,
        marketing_url text,
        is_self_paced boolean not null default false,
        starts_at timestamptz(3),
        ends_at timestamptz(3),
        enrollment_starts_at timestamptz(3),
        enrollment_ends_at timestamptz(3),
        max_enrollments integer
      );
      create index course_run_course_uuid_idx on course_run (course_uuid, starts_at);

      create table course_mode (
        course_run_key varchar(255) not null,
        slug varchar(100) not null,
        currency varchar(8) not null default 'usd',
        min_price integer not null default 0
          constraint course_mode_min_price_check check (min_price >= 0),
        expires_at timestamptz(3),
        sku varchar(255),
        constraint course_mode_pkey primary key (course_run_key, slug, currency)
      );

      create table course_enrollment (
        id uuid default gen_random_uuid() constraint course_enrollment_pkey primary key,
        user_id bigint not null
          constraint course_enrollment_user_id_fkey references user_account on delete cascade,
        course_run_key varchar(255) not null,
        mode varchar(100) not null default 'audit',
        is_active boolean not null default true,
        created_at timestamptz(3),
        constraint course_enrollment_user_id_course_run_key_key unique (user_id, course_run_key)
      );
      create index course_enrollment_active_idx on course_enrollment (course_run_key) where is_active;

      create table certificate (
        user_id bigint not null
          constraint certificate_user_id_fkey references user_account on delete cascade,
        course_run_key varchar(255) not null,
        status varchar(32) not null,
        constraint certificate_pkey primary key (user_id, course_run_key)
      );

      create table course_entitlement_policy (
        id uuid default gen_random_uuid() constraint course_entitlement_policy_pkey primary key,
        expiration_period interval not null default '730 days'
          constraint course_entitlement_policy_expiration_period_check check (
            extract(year from expiration_period) = 0 and extract(month from expiration_period) = 0
            and expiration_period >= interval '0'),
        refund_period interval not null default '60 days'
          constraint course_entitlement_policy_refund_period_check check (
            extract(year from refund_period) = 0 and extract(month from refund_period) = 0
            and refund_period >= interval '0'),
        regain_period interval not null default '14 days'
          constraint course_entitlement_policy_regain_period_check check (
            extract(year from regain_period) = 0 and extract(month from regain_period) = 0
            and regain_period >= interval '0'),
        mode varchar(32)
          constraint course_entitlement_policy_mode_check check (mode in ('verified', 'professional')),
        site_id bigint
          constraint course_entitlement_policy_site_id_fkey references site on delete restrict,
        constraint course_entitlement_policy_site_id_mode_key unique nulls not distinct (site_id, mode)
      );

      create table course_entitlement (
        id uuid default gen_random_uuid() constraint course_entitlement_pkey primary key,
        user_id bigint not null
          constraint course_entitlement_user_id_fkey references user_account on delete cascade,
        course_uuid uuid not null,
        mode varchar(100) not null,
        order_number varchar(128)
          constraint course_entitlement_order_number_check check (order_number <> ''),
        refund_locked boolean not null default false,
        expired_at timestamptz(3),
        expiry_cause varchar(16)
          constraint course_entitlement_expiry_cause_check
            check (expiry_cause in ('LAPSED', 'REFUNDED', 'REVOKED', 'SUPPORT')),
        redeemed_at timestamptz(3),
        policy_id uuid
          constraint course_entitlement_policy_id_fkey references course_entitlement_policy on delete restrict,
        enrollment_id uuid
          constraint course_entitlement_enrollment_id_fkey references course_enrollment on delete set null,
        created_at timestamptz(3) not null,
        modified_at timestamptz(3) not null,
        constraint course_entitlement_course_uuid_order_number_key unique (course_uuid, order_number),
        constraint course_entitlement_expiry_cause_expired_check
          check (expiry_cause is null or expired_at is not null)
      );
      create index course_entitlement_user_id_idx on course_entitlement (user_id, created_at, id);
      create index course_entitlement_course_uuid_idx on course_entitlement (course_uuid, created_at, id);
      create index course_entitlement_created_at_idx on course_entitlement (created_at, id);
      create index course_entitlement_modified_at_idx on course_entitlement (modified_at, id);
      create index course_entitlement_order_number_idx on course_entitlement (order_number)
        where order_number is not null;
      create index course_entitlement_enrollment_id_idx on course_entitlement (enrollment_id)
        where enrollment_id is not null;
      create index course_entitlement_policy_id_idx on course_entitlement (policy_id)
        where policy_id is not null;

      create table course_entitlement_support_detail (
        id uuid default gen_random_uuid() constraint course_entitlement_support_detail_pkey primary key,
        entitlement_id uuid not null
          constraint course_entitlement_support_detail_entitlement_id_fkey
            references course_entitlement on delete cascade,
        support_user_id bigint
          constraint course_entitlement_support_detail_support_user_id_fkey
            references user_account on delete set null,
        action varchar(15) not null
          constraint course_entitlement_support_detail_action_check
            check (action in ('CREATE', 'REISSUE', 'EXPIRE')),
        comments text,
        unenrolled_run_key varchar(255),
        created_at timestamptz(3) not null,
        modified_at timestamptz(3) not null
      );
      create index course_entitlement_support_detail_entitlement_id_idx
        on course_entitlement_support_detail (entitlement_id, created_at, id);
      create index course_entitlement_support_detail_support_user_id_idx
        on course_entitlement_support_detail (support_user_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table course_entitlement_support_detail, course_entitlement, course_entitlement_policy, certificate,
        course_enrollment, course_mode, course_run, site, user_account;
    `);
  }
}
