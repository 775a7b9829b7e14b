-- Only times that the program can read: none that is infinite, and no year before 1 or after 9999. Many people's rows are
-- read by one statement, and what it cannot read of one of them would be a fault for all. What is there already is not
-- looked through: nobody is to wait for that, and the program has never written any other.
ALTER TABLE task ADD CONSTRAINT task_times_are_readable CHECK (
    due_date BETWEEN '0001-01-01' AND '9999-12-31'
    AND due_at >= '0001-01-01 00:00Z' AND due_at < '10000-01-01 00:00Z'
    AND completed_at >= '0001-01-01 00:00Z' AND completed_at < '10000-01-01 00:00Z'
    AND created_at >= '0001-01-01 00:00Z' AND created_at < '10000-01-01 00:00Z'
    AND updated_at >= '0001-01-01 00:00Z' AND updated_at < '10000-01-01 00:00Z'
) NOT VALID;
ALTER TABLE session ADD CONSTRAINT session_times_are_readable CHECK (
    created_at >= '0001-01-01 00:00Z' AND created_at < '10000-01-01 00:00Z'
    AND updated_at >= '0001-01-01 00:00Z' AND updated_at < '10000-01-01 00:00Z'
    AND expires_at >= '0001-01-01 00:00Z' AND expires_at < '10000-01-01 00:00Z'
) NOT VALID;
ALTER TABLE app_user ADD CONSTRAINT app_user_times_are_readable CHECK (
    email_verified_at >= '0001-01-01 00:00Z' AND email_verified_at < '10000-01-01 00:00Z'
    AND created_at >= '0001-01-01 00:00Z' AND created_at < '10000-01-01 00:00Z'
    AND updated_at >= '0001-01-01 00:00Z' AND updated_at < '10000-01-01 00:00Z'
) NOT VALID;
