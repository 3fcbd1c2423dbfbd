-- The tables of an Open edX installation that an import reads, as its migrations make them, with rows that are awkward:
-- columns that are not read, zero dates, NUL, the text \N, microseconds, a history that does not add up.
set sql_mode = '';
set time_zone = '+00:00';

create table `auth_user` (
  `id` int(11) not null auto_increment primary key, `password` varchar(128) not null, `username` varchar(150) not null unique,
  `email` varchar(254) not null, `is_staff` tinyint(1) not null, `is_active` tinyint(1) not null);
insert into `auth_user` values (1, 'secret', 'ann', 'ann@example.org', 0, 1), (2, 'secret', 'ben', 'ben@example.org', 0, 0),
  (3, 'secret', 'cleo', 'cleo@example.org', 1, 1), (4, 'secret', 'dora', 'dora@example.org', 0, 1);

create table `django_site` (
  `id` int(11) not null auto_increment primary key, `domain` varchar(100) not null unique, `name` varchar(50) not null);
insert into `django_site` values (1, 'lms.example.org', 'The LMS'), (2, 'other.example.org', 'Another');

create table `course_overviews_courseoverview` (
  `created` datetime(6) not null, `modified` datetime(6) not null, `id` varchar(255) not null primary key,
  `org` longtext not null, `display_name` longtext, `start` datetime(6), `end` datetime(6), `self_paced` tinyint(1) not null,
  `enrollment_start` datetime(6), `enrollment_end` datetime(6), `max_student_enrollments_allowed` int(11));
insert into `course_overviews_courseoverview` values
  (now(6), now(6), 'course-v1:DemoX+DX.1+2026', 'DemoX', 'Waves 🌊', '2026-01-05 08:00:00.000000', null, 0, null, '2026-12-31 00:00:00.123456', 100),
  (now(6), now(6), 'DemoX/OLD/2012', 'DemoX', null, null, null, 1, null, null, null);

create table `course_modes_coursemode` (
  `id` int(11) not null auto_increment primary key, `course_id` varchar(255) not null, `mode_slug` varchar(100) not null,
  `mode_display_name` varchar(255) not null, `min_price` int(11) not null, `currency` varchar(8) not null,
  `expiration_datetime` datetime(6), `sku` varchar(255));
insert into `course_modes_coursemode` values
  (1, 'course-v1:DemoX+DX.1+2026', 'verified', 'Verified', 50, 'usd', '2026-11-30 00:00:00.000000', 'SKU-1'),
  (2, 'course-v1:DemoX+DX.1+2026', 'audit', 'Audit', 0, 'usd', null, null),
  (3, 'course-v1:DemoX+DX.1+2026', 'broken', 'Broken', -1, 'usd', null, null);

create table `student_courseenrollment` (
  `id` int(11) not null auto_increment primary key, `course_id` varchar(255) not null, `created` datetime(6),
  `is_active` tinyint(1) not null, `mode` varchar(100) not null, `user_id` int(11) not null, unique (`user_id`, `course_id`));
insert into `student_courseenrollment` values
  (101, 'course-v1:DemoX+DX.1+2026', '2026-01-06 10:00:00.999999', 1, 'verified', 1),
  (102, 'DemoX/OLD/2012', '0000-00-00 00:00:00.000000', 0, 'audit', 1),
  (103, 'course-v1:DemoX+DX.1+2026', '2026-01-07 10:00:00.000000', 1, 'honor', 4),
  -- of an account without an entitlement
  (104, 'course-v1:DemoX+DX.1+2026', '2026-01-08 10:00:00.000000', 1, 'honor', 3);

create table `certificates_generatedcertificate` (
  `id` int(11) not null auto_increment primary key, `course_id` varchar(255) not null, `status` varchar(32) not null,
  `user_id` int(11) not null, unique (`user_id`, `course_id`));
insert into `certificates_generatedcertificate` values
  (1, 'DemoX/OLD/2012', 'downloadable', 1), (2, 'course-v1:DemoX+DX.1+2026', 'notpassing', 4),
  (3, 'course-v1:DemoX+DX.1+2026', 'notpassing', 3);

create table `entitlements_courseentitlementpolicy` (
  `id` int(11) not null auto_increment primary key, `expiration_period` bigint(20) not null, `refund_period` bigint(20) not null,
  `regain_period` bigint(20) not null, `site_id` int(11), `mode` varchar(32));
insert into `entitlements_courseentitlementpolicy` values
  (1, 38880000000000, 5184000000000, 1209600000000, 1, 'verified'),
  (2, 63072000000000, 5184000000000, 1209600000001, 1, 'verified'),
  (3, 129600000000, 43200000001, 0, null, null),
  (4, 63072000000000, 5184000000000, 1209600000000, null, 'masters');

create table `entitlements_courseentitlement` (
  `id` int(11) not null auto_increment primary key, `created` datetime(6) not null, `modified` datetime(6) not null,
  `uuid` char(32) not null unique, `course_uuid` char(32) not null, `expired_at` datetime(6), `mode` varchar(100) not null,
  `order_number` varchar(128), `enrollment_course_run_id` int(11), `user_id` int(11) not null, `_policy_id` int(11),
  `refund_locked` tinyint(1) not null, unique (`course_uuid`, `order_number`));
insert into `entitlements_courseentitlement` values
  -- 1: redeemed, with its whole history
  (1, '2026-01-02 03:04:05.678901', '2026-01-06 10:00:01.000001', '11111111111141118111111111111111', 'c0000000000040008000000000000001', null, 'verified', 'EDX-1', 101, 1, 2, 0),
  -- 2: older than history
  (2, '2018-05-01 00:00:00.000000', '2018-05-02 00:00:00.000000', '22222222222242228222222222222222', 'c0000000000040008000000000000001', '2019-12-31 23:59:59.999999', 'professional', null, null, 2, 1, 1),
  -- 3: history without its beginning, and a bulk update that history has missed
  (3, '2018-06-29 12:00:00.500000', '2020-02-29 12:00:00.000000', '33333333333343338333333333333333', 'c0000000000040008000000000000002', '0000-00-00 00:00:00.000000', 'no-id-professional', 'tab	here', null, 4, 3, 1),
  -- 4: an uuid with dashes cannot be in char(32); an order number that is empty
  (4, '2026-03-31 00:00:00.000100', '2026-03-31 00:00:00.000100', 'ABCDEF00000040008000000000000004', 'c0000000000040008000000000000003', null, 'verified', '', null, 4, 4, 0),
  -- 5: created at the zero date
  (5, '0000-00-00 00:00:00.000000', '2026-03-31 00:00:00.000000', '55555555555545558555555555555555', 'c0000000000040008000000000000004', null, 'verified', 'EDX-5', null, 4, null, 0);

create table `entitlements_historicalcourseentitlement` (
  `id` int(11) not null, `created` datetime(6) not null, `modified` datetime(6) not null, `uuid` char(32) not null,
  `course_uuid` char(32) not null, `expired_at` datetime(6), `mode` varchar(100) not null, `order_number` varchar(128),
  `refund_locked` tinyint(1) not null, `history_id` int(11) not null auto_increment primary key, `history_date` datetime(6) not null,
  `history_change_reason` varchar(100), `history_type` varchar(1) not null, `_policy_id` int(11),
  `enrollment_course_run_id` int(11), `history_user_id` int(11), `user_id` int(11), key (`id`), key (`uuid`));
insert into `entitlements_historicalcourseentitlement` values
  (1, '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05.679001', '11111111111141118111111111111111', 'c0000000000040008000000000000001', null, 'verified', 'EDX-1', 0, 10, '2026-01-02 03:04:05.680000', null, '+', null, null, 3, 1),
  (1, '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05.690000', '11111111111141118111111111111111', 'c0000000000040008000000000000001', null, 'verified', 'EDX-1', 0, 12, '2026-01-02 03:04:05.690001', '', '~', 2, null, 3, 1),
  (1, '2026-01-02 03:04:05.678901', '2026-01-06 10:00:01.000001', '11111111111141118111111111111111', 'c0000000000040008000000000000001', null, 'verified', 'EDX-1', 0, 20, '2026-01-06 10:00:01.000002', 'a reason', '~', 2, 101, 1, 1),
  (3, '2018-06-29 12:00:00.500000', '2020-02-29 12:00:00.000000', '33333333333343338333333333333333', 'c0000000000040008000000000000002', null, 'no-id-professional', 'tab	here', 0, 9, '2020-02-29 12:00:00.000001', null, '~', 3, 999, 77, 4),
  (4, '2026-03-31 00:00:00.000100', '2026-03-31 00:00:00.000100', 'ABCDEF00000040008000000000000004', 'c0000000000040008000000000000003', null, 'verified', '', 0, 30, '2026-03-31 00:00:00.000200', null, '+', 4, null, null, 4),
  -- deleted: with and without an entry that says so
  (6, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', '66666666666646668666666666666666', 'c0000000000040008000000000000005', null, 'verified', 'EDX-6', 0, 5, '2020-01-01 00:00:00.000000', null, '+', null, null, 99, 99),
  (6, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', '66666666666646668666666666666666', 'c0000000000040008000000000000005', null, 'verified', 'EDX-6', 0, 6, '2020-01-02 00:00:00.000000', null, '-', null, null, null, 99),
  (7, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', '77777777777747778777777777777777', 'c0000000000040008000000000000005', null, 'verified', 'EDX-7', 0, 7, '2020-01-01 00:00:00.000000', null, '~', 88, null, null, 1),
  (5, '0000-00-00 00:00:00.000000', '2026-03-31 00:00:00.000000', '55555555555545558555555555555555', 'c0000000000040008000000000000004', null, 'verified', 'EDX-5', 0, 31, '2026-03-31 00:00:00.000200', null, '+', null, null, null, 4);

create table `entitlements_courseentitlementsupportdetail` (
  `id` int(11) not null auto_increment primary key, `created` datetime(6) not null, `modified` datetime(6) not null,
  `reason` varchar(15) not null, `comments` longtext, `entitlement_id` int(11) not null, `support_user_id` int(11) not null,
  `unenrolled_run_id` varchar(255), `action` varchar(15) not null);
insert into `entitlements_courseentitlementsupportdetail` values
  (1, '2026-02-01 00:00:00.000001', '2026-02-01 00:00:00.000001', 'LEAVE', concat('a', char(0), 'tab	, line
feed, \\N and \\ and 🌊', char(0)), 1, 3, 'course-v1:Gone+G+1', 'reissue'),
  (2, '2026-02-02 00:00:00.000000', '2026-02-02 00:00:00.000000', '', '\\N', 1, 3, null, 'CREATE'),
  (3, '2026-02-03 00:00:00.000000', '2026-02-03 00:00:00.000000', '', null, 2, 3, null, 'Escalate'),
  (4, '2026-02-04 00:00:00.000000', '2026-02-04 00:00:00.000000', '', '', 5, 3, null, 'EXPIRE');

create table `entitlements_historicalcourseentitlementsupportdetail` (
  `id` int(11) not null, `created` datetime(6) not null, `modified` datetime(6) not null, `reason` varchar(15) not null,
  `action` varchar(15) not null, `comments` longtext, `history_id` int(11) not null auto_increment primary key,
  `history_date` datetime(6) not null, `history_change_reason` varchar(100), `history_type` varchar(1) not null,
  `entitlement_id` int(11), `history_user_id` int(11), `support_user_id` int(11), `unenrolled_run_id` varchar(255), key (`id`));
insert into `entitlements_historicalcourseentitlementsupportdetail` values
  (2, '2026-02-02 00:00:00.000000', '2026-02-02 00:00:00.000000', '', 'CREATE', '\\N', 1, '2026-02-02 00:00:00.000009', null, '+', 1, 3, 3, null),
  (8, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', '', 'create', 'NULL', 2, '2020-01-01 00:00:01.000000', null, '+', 6, 99, 99, null),
  (8, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', '', 'create', 'NULL', 3, '2020-01-02 00:00:00.000000', null, '-', 6, null, 99, null);
