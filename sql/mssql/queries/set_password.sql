-- Gives a login a new password. The rules are set first where they become
-- stricter with it: MUST_CHANGE takes both (error 15122).
SET NOCOUNT ON;
DECLARE @statement nvarchar(max) = N'ALTER LOGIN ' + QUOTENAME(@login) + N' WITH PASSWORD = N' + QUOTENAME(@password, '''') + @words
    + N', CHECK_POLICY = ' + @policy + N', CHECK_EXPIRATION = ' + @expiration;
EXEC (@statement);
