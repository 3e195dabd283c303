-- The PostgreSQL role of the process that serves admin (CFT_ROLE=admin): it can delete a learner's words and keys when
-- an account is deleted, and read neither. Run this as the owner of the tables, in both databases, after the first start
-- of the other process and after each update:
--   psql -v ON_ERROR_STOP=1 -d course -f deploy/admin-role.sql
--   psql -v ON_ERROR_STOP=1 -d course_keys -f deploy/admin-role.sql
-- Then give it a password: \password cft_course_admin

DO $$
BEGIN
    CREATE ROLE cft_course_admin LOGIN;
EXCEPTION
    WHEN duplicate_object THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA public TO cft_course_admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cft_course_admin;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO cft_course_admin;

DO $$
BEGIN
    IF to_regclass('public.journal_entry') IS NOT NULL THEN
        REVOKE ALL ON journal_entry FROM cft_course_admin;
        -- The columns that say whose an entry is and which module it is about, so that both can be deleted.
        GRANT DELETE, SELECT (id, owner_id, module_id), UPDATE (module_id) ON journal_entry TO cft_course_admin;
    END IF;
    IF to_regclass('public.journal_keys_datakey') IS NOT NULL THEN
        REVOKE ALL ON journal_keys_datakey, journal_keys_masterkey FROM cft_course_admin;
        GRANT DELETE, SELECT (id, owner) ON journal_keys_datakey TO cft_course_admin;
    END IF;
END
$$;
