-- The gateway asks a policy for the module "init"; everything is in the files named llm_metrics*.
-- They carry the prefix because the gateway's `require` answers with its own module of the same name first.
return require('llm_metrics')
