-- The frame of an apply. It commits what it began, so it begins outside every
-- other transaction. One administrator at a time may change a site: the
-- application lock lives and dies with the transaction (reference D.9, D.10).
SET XACT_ABORT ON;
SET NOCOUNT ON;
SET IMPLICIT_TRANSACTIONS OFF;
SET LOCK_TIMEOUT 15000;
SET DEADLOCK_PRIORITY LOW;
IF @@TRANCOUNT <> 0
BEGIN
    THROW 50003, N'a transaction is open on this connection', 1;
END;
BEGIN TRANSACTION;
DECLARE @grantree_lock int;
EXEC @grantree_lock = sys.sp_getapplock @Resource = N'grantree', @LockMode = N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = 15000;
IF @grantree_lock < 0
BEGIN
    ROLLBACK TRANSACTION;
    THROW 50001, N'another grantree is changing this site', 1;
END;
