-- Ten years of edits to the vendor's groups.

-- 2016: mechanics close work orders in one form, and see no pay rates any more.
GRANT DELETE ON dbo.imvw_woap_act_res TO Mechanic;
GRANT DELETE ON dbo.imvw_woap_act_prt TO Mechanic;
REVOKE SELECT ON dbo.imvw_pay_type FROM Mechanic;
GO
-- 2017: planners buy.
GRANT SELECT, INSERT, UPDATE ON dbo.imvw_purchase_order TO Planner;
GRANT SELECT, INSERT, UPDATE ON dbo.imvw_purchase_request TO Planner;
GO
-- 2018: a night shift, made from the mechanics by a script of the time.
CREATE ROLE [Night Shift];
CREATE LOGIN hank WITH PASSWORD = 'x';
CREATE USER hank FOR LOGIN hank;
EXEC sp_addrolemember 'Night Shift', 'hank';
EXEC sp_addrolemember 'imaint_users', 'hank';
GRANT SELECT, INSERT, UPDATE ON dbo.imvw_work_order TO [Night Shift];
GRANT SELECT, INSERT, UPDATE ON dbo.imvw_work_order_attribute TO [Night Shift];
GRANT SELECT ON dbo.imvw_asset TO [Night Shift];
GRANT SELECT ON dbo.imvw_part TO [Night Shift];
GO
-- 2019: the manager lost the ledger.
REVOKE UPDATE ON dbo.imvw_budget FROM [Maintenance Manager];
REVOKE UPDATE ON dbo.imvw_general_ledger FROM [Maintenance Manager];
REVOKE UPDATE ON dbo.imvw_gl_split_info FROM [Maintenance Manager];
REVOKE UPDATE ON dbo.imvw_actual_cost FROM [Maintenance Manager];
GO
-- 2020: everybody may see the report server, and nobody may change filters by deleting.
REVOKE DELETE ON dbo.imvw_filter FROM imaint_users;
GO
-- 2021: a report account.
CREATE LOGIN svc_report WITH PASSWORD = 'x';
CREATE USER svc_report FOR LOGIN svc_report;
GRANT SELECT ON SCHEMA::dbo TO svc_report;
GO
-- 2022: an auditor, by hand.
CREATE LOGIN ivy WITH PASSWORD = 'x';
CREATE USER ivy FOR LOGIN ivy;
EXEC sp_addrolemember 'imaint_users', 'ivy';
EXEC sp_addrolemember 'Management', 'ivy';
DENY SELECT ON dbo.imvw_pay_type TO ivy;
GRANT SELECT ON dbo.imvw_report_admin TO ivy;
GO
-- 2024: gina is an administrator of the database as well.
ALTER ROLE db_owner ADD MEMBER gina;
