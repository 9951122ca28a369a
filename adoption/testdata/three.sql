USE iMaint_South;
GO
-- South's crew counts stock, and has a role of its own for it.
GRANT UPDATE ON dbo.imvw_part TO Crew;
CREATE ROLE [South Stock];
GRANT SELECT ON dbo.imvw_warehouse TO [South Stock];
ALTER ROLE [South Stock] ADD MEMBER carol;
GRANT SELECT ON SCHEMA::dbo TO bob;
GO
USE iMaint_East;
GO
-- East's dave is a mechanic too, and bob is out of that.
ALTER ROLE Mechanic ADD MEMBER dave;
ALTER ROLE Mechanic DROP MEMBER bob;
ALTER ROLE Crew ADD MEMBER bob;
DENY SELECT ON dbo.imvw_pay_type TO bob;
REVOKE SELECT ON dbo.imvw_asset FROM Crew;
