-- One login: whether it was made, 0 where there was one; the error; its SID.
IF SUSER_ID(@login) IS NOT NULL
    SELECT CAST(0 AS bit), 0, N'', CAST(NULL AS varbinary(85));
ELSE
BEGIN
    BEGIN TRY
        SET @statement = $(statement);
        EXEC (@statement);
        SELECT CAST(1 AS bit), 0, N'', SUSER_SID(@login);
    END TRY
    BEGIN CATCH
        SELECT CAST(0 AS bit), ERROR_NUMBER(), ERROR_MESSAGE(), CAST(NULL AS varbinary(85));
    END CATCH;
END;
