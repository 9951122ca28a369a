-- Waits until nobody is changing the site, so that what is read next is what
-- stands: a change in flight holds this lock from its first statement to its
-- commit (begin.sql). It ends with the transaction.
SET XACT_ABORT ON;
SET NOCOUNT ON;
SET LOCK_TIMEOUT 15000;
BEGIN TRANSACTION;
DECLARE @grantree_lock int;
EXEC @grantree_lock = sys.sp_getapplock @Resource = N'grantree', @LockMode = N'Shared', @LockOwner = N'Transaction', @LockTimeout = 15000;
IF @grantree_lock < 0
BEGIN
    ROLLBACK TRANSACTION;
    THROW 50001, N'another grantree is changing this site', 1;
END;
