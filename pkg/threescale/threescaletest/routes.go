package threescaletest

// routes are all routes of the API: what is asked for, and who answers.
func routes() []*route {
	var all []*route
	for _, list := range [][]*route{tenantRoutes(), backendRoutes(), productRoutes(), gatewayRoutes(), planRoutes(), accountRoutes(), applicationRoutes(), portalRoutes(), trafficRoutes(), masterRoutes()} {
		all = append(all, list...)
	}
	return all
}

func get(pattern string, h handler) *route { return &route{method: "GET", pattern: pattern, handle: h} }
func post(pattern string, h handler) *route {
	return &route{method: "POST", pattern: pattern, handle: h}
}
func put(pattern string, h handler) *route { return &route{method: "PUT", pattern: pattern, handle: h} }
func update(pattern string, h handler) *route {
	return &route{method: "UPDATE", pattern: pattern, handle: h}
}
func remove(pattern string, h handler) *route {
	return &route{method: "DELETE", pattern: pattern, handle: h}
}

// scoped names the scopes of which a token needs one.
func scoped(list []*route, scopes ...string) []*route {
	for _, r := range list {
		r.scopes = scopes
	}
	return list
}

// inJSON are routes whose default format is JSON.
func inJSON(list []*route) []*route {
	for _, r := range list {
		r.json = true
	}
	return list
}

// racing is a route on which two requests at once disturb each other.
func racing(r *route) *route { r.races = true; return r }

func tenantRoutes() []*route {
	const api = "/admin/api"
	list := []*route{
		get(api+"/provider", getProvider), update(api+"/provider", updateProvider),
		get(api+"/settings", getSettings), update(api+"/settings", updateSettings),
		update(api+"/webhooks", updateWebHook), get(api+"/webhooks/failures", listWebHookFailures), remove(api+"/webhooks/failures", deleteWebHookFailures), post(api+"/sso_tokens", createSSOToken), get(api+"/policies", listBuiltinPolicies),
		get(api+"/fields_definitions", listFields), post(api+"/fields_definitions", createField), get(api+"/fields_definitions/{id}", inField(getField)),
		update(api+"/fields_definitions/{id}", inField(updateField)), remove(api+"/fields_definitions/{id}", inField(deleteField)),
	}
	list = append(list, inJSON([]*route{
		get(api+"/personal/access_tokens", listTokens), post(api+"/personal/access_tokens", createToken),
		get(api+"/personal/access_tokens/{id}", inToken(getToken)), remove(api+"/personal/access_tokens/{id}", inToken(deleteToken)),
		get(api+"/objects/status", objectStatus),
	})...)
	return list
}

func backendRoutes() []*route {
	const all, one = "/admin/api/backend_apis", "/admin/api/backend_apis/{backend_id}"
	list := []*route{
		get(all, listBackends), post(all, createBackend),
		get(one, inBackend("backend_id", getBackend)), update(one, inBackend("backend_id", updateBackend)), remove(one, inBackend("backend_id", deleteBackend)),
		get(one+"/mapping_rules", inOwner(listRules)), racing(post(one+"/mapping_rules", inOwner(createRule))),
		get(one+"/mapping_rules/{id}", inRule(getRule)), update(one+"/mapping_rules/{id}", inRule(updateRule)), remove(one+"/mapping_rules/{id}", inRule(deleteRule)),
	}
	return inJSON(append(list, metricRoutes(one)...))
}

func metricRoutes(owner string) []*route {
	all, one := owner+"/metrics", owner+"/metrics/{id}"
	methods, method := owner+"/metrics/{metric_id}/methods", owner+"/metrics/{metric_id}/methods/{id}"
	return []*route{
		get(all, inOwner(listMetrics)), post(all, inOwner(createMetric)),
		get(one, inMetric("id", getMetric)), update(one, inMetric("id", updateMetric)), remove(one, inMetric("id", deleteMetric)),
		get(methods, inMetric("metric_id", listMethods)), post(methods, inMetric("metric_id", createMethod)),
		get(method, inMethod(getMethod)), update(method, inMethod(updateMetric)), remove(method, inMethod(deleteMetric)),
	}
}

func productRoutes() []*route {
	const all, one = "/admin/api/services", "/admin/api/services/{service_id}"
	list := []*route{
		get(all, listProducts), post(all, createProduct),
		get(one, inProduct(getProduct)), racing(update(one, inProduct(updateProduct))), remove(one, inProduct(deleteProduct)),
		get(one+"/features", onFeatures(listFeatures)), post(one+"/features", onFeatures(createFeature)),
		get(one+"/features/{id}", inFeature(getFeature)), update(one+"/features/{id}", inFeature(updateFeature)), remove(one+"/features/{id}", inFeature(deleteFeature)),
		get("/admin/api/features", onFeatures(listFeatures)), post("/admin/api/features", onFeatures(createFeature)),
		get("/admin/api/features/{id}", inFeature(getFeature)), update("/admin/api/features/{id}", inFeature(updateFeature)), remove("/admin/api/features/{id}", inFeature(deleteFeature)),
	}
	list = append(list, inJSON([]*route{
		get(one+"/backend_usages", inProduct(listUsages)), post(one+"/backend_usages", inProduct(createUsage)),
		get(one+"/backend_usages/{id}", inUsage(getUsage)), update(one+"/backend_usages/{id}", inUsage(updateUsage)), remove(one+"/backend_usages/{id}", inUsage(deleteUsage)),
	})...)
	return append(list, metricRoutes(one)...)
}

func gatewayRoutes() []*route {
	const one = "/admin/api/services/{service_id}/proxy"
	const env = one + "/configs/{environment}"
	list := []*route{
		get(one, inProduct(getProxy)), racing(update(one, inProduct(updateProxy))), post(one+"/deploy", inProduct(deployProxy)),
		get(one+"/oidc_configuration", inProduct(getFlows)), update(one+"/oidc_configuration", inProduct(updateFlows)),
		get(one+"/mapping_rules", inOwner(listRules)), racing(post(one+"/mapping_rules", inOwner(createRule))),
		get(one+"/mapping_rules/{id}", inRule(getRule)), update(one+"/mapping_rules/{id}", inRule(updateRule)), remove(one+"/mapping_rules/{id}", inRule(deleteRule)),
		get(env, inConfigs(listConfigs)), get(env+"/latest", inConfigs(latestConfig)), get(env+"/{version}", inConfigs(getConfig)),
		post(env+"/{version}/promote", inConfigs(promoteConfig)), get("/admin/api/services/proxy/configs/{environment}", configsByHost),
	}
	list = append(list, scoped([]*route{get(one+"/policies", inProduct(getPolicies)), racing(update(one+"/policies", inProduct(updatePolicies)))}, "policy_registry", "account_management")...)
	const all, entry = "/admin/api/registry/policies", "/admin/api/registry/policies/{id}"
	list = append(list, inJSON(scoped([]*route{get(all, listPolicies), post(all, createPolicy), get(entry, inPolicy(getPolicy)),
		update(entry, inPolicy(updatePolicy)), remove(entry, inPolicy(deletePolicy))}, "policy_registry"))...)
	return append(list, inJSON([]*route{get("/admin/api/account/proxy_configs/{environment}", accountConfigs)})...)
}

func planRoutes() []*route {
	list := []*route{
		get("/admin/api/application_plans", listAllPlans(planApplication)), get("/admin/api/service_plans", listAllPlans(planService)),
	}
	for kind, all := range map[planKind]string{planApplication: "/admin/api/services/{service_id}/application_plans", planService: "/admin/api/services/{service_id}/service_plans", planAccount: "/admin/api/account_plans"} {
		list = append(list, get(all, onShelf(kind, listPlans)), post(all, onShelf(kind, createPlan)), get(all+"/{id}", inPlan(kind, getPlan)),
			update(all+"/{id}", inPlan(kind, updatePlan)), remove(all+"/{id}", inPlan(kind, deletePlan)), put(all+"/{id}/default", inPlan(kind, defaultPlan)))
		features := "/admin/api/" + string(kind) + "s/{plan_id}/features"
		list = append(list, get(features, onPlanFeatures(kind, listPlanFeatures)), post(features, onPlanFeatures(kind, addPlanFeature)), remove(features+"/{id}", onPlanFeatures(kind, removePlanFeature)))
	}
	const one = "/admin/api/application_plans/{plan_id}"
	const limits, prices = one + "/metrics/{metric_id}/limits", one + "/metrics/{metric_id}/pricing_rules"
	return append(list,
		get(one+"/limits", inAppPlan(listPlanLimits)), get(one+"/pricing_rules", inAppPlan(listPlanPrices)),
		get(limits, inPlanMetric(listMetricLimits)), post(limits, inPlanMetric(createLimit)),
		get(limits+"/{id}", inLimit(getLimit)), update(limits+"/{id}", inLimit(updateLimit)), remove(limits+"/{id}", inLimit(deleteLimit)),
		get(prices, inPlanMetric(listMetricPrices)), post(prices, inPlanMetric(createPrice)), remove(prices+"/{id}", inPlanMetric(deletePrice)))
}

func accountRoutes() []*route {
	const all, one = "/admin/api/accounts", "/admin/api/accounts/{id}"
	list := []*route{
		post("/admin/api/signup", signup), get(all, listAccounts), get(all+"/find", findAccount),
		get(one, forTenants(getTenantAccount, inAccount("id", getAccount))), update(one, forTenants(updateTenantAccount, inAccount("id", updateAccount))), remove(one, inAccount("id", deleteAccount)),
		get("/admin/api/accounts/{account_id}/application_plans", inAccount("account_id", boughtPlans(planApplication))),
		get("/admin/api/accounts/{account_id}/service_plans", inAccount("account_id", boughtPlans(planService))),
		get(one+"/plan", inAccount("id", accountPlan)), put(one+"/change_plan", inAccount("id", changeAccountPlan)),
		post("/admin/api/accounts/{account_id}/messages", inAccount("account_id", createMessage)),
	}
	for _, event := range []string{"approve", "reject", "make_pending"} {
		list = append(list, put(one+"/"+event, accountEvent(event)))
	}
	for _, users := range []string{"/admin/api/users", "/admin/api/accounts/{account_id}/users"} {
		list = append(list, get(users, amongUsers(listUsers)), post(users, amongUsers(createUser)), get(users+"/{id}", inUser(getUser)),
			update(users+"/{id}", inUser(updateUser)), remove(users+"/{id}", inUser(deleteUser)),
			put(users+"/{id}/admin", userRole("admin")), put(users+"/{id}/member", userRole("member")))
		for event := range userEvents() {
			list = append(list, put(users+"/{id}/"+event, userEvent(event)))
		}
	}
	return list
}

func applicationRoutes() []*route {
	const all, one = "/admin/api/accounts/{account_id}/applications", "/admin/api/accounts/{account_id}/applications/{id}"
	const keys, filters = "/admin/api/accounts/{account_id}/applications/{application_id}/keys", "/admin/api/accounts/{account_id}/applications/{application_id}/referrer_filters"
	const subs = "/admin/api/accounts/{account_id}/service_subscriptions"
	list := []*route{
		get("/admin/api/applications", listAllApplications), get("/admin/api/applications/find", findApplication), get(all+"/find", findApplication),
		get(all, inAccount("account_id", listApplications)), post(all, inAccount("account_id", createApplication)),
		get(one, inApplication("id", getApplication)), update(one, inApplication("id", updateApplication)), remove(one, inApplication("id", deleteApplication)),
		put(one+"/change_plan", inApplication("id", changeApplicationPlan)), put(one+"/customize_plan", inApplication("id", customizePlan)),
		put(one+"/decustomize_plan", inApplication("id", decustomizePlan)),
		get(keys, inApplication("application_id", listKeys)), post(keys, inApplication("application_id", createKey)), remove(keys+"/{key}", inApplication("application_id", deleteKey)),
		get(filters, inApplication("application_id", listReferrers)), post(filters, inApplication("application_id", createReferrer)), remove(filters+"/{id}", inApplication("application_id", deleteReferrer)),
	}
	for event := range contractEvents() {
		list = append(list, put(one+"/"+event, applicationEvent(event)))
	}
	return append(list, inJSON([]*route{
		get(subs, inAccount("account_id", listSubscriptions)), post(subs, inAccount("account_id", createSubscription)),
		get(subs+"/{id}", inSubscription(getSubscription)), remove(subs+"/{id}", inSubscription(deleteSubscription)),
		put(subs+"/{id}/change_plan", inSubscription(changeSubscription)), put(subs+"/{id}/approve", inSubscription(approveSubscription)),
	})...)
}

func portalRoutes() []*route {
	const docs = "/admin/api/active_docs"
	list := []*route{
		get(docs, listDocs), post(docs, createDoc), get(docs+"/{id}", inDoc(getDoc)), update(docs+"/{id}", inDoc(updateDoc)), remove(docs+"/{id}", inDoc(deleteDoc)),
	}
	for all, audience := range map[string]string{"/admin/api/authentication_providers": developers, "/admin/api/account/authentication_providers": providers} {
		list = append(list, get(all, listSignIns(audience)), post(all, createSignIn(audience)),
			get(all+"/{id}", inSignIn(audience, getSignIn)), update(all+"/{id}", inSignIn(audience, updateSignIn)))
	}
	const sections, files, templates = "/admin/api/cms/sections", "/admin/api/cms/files", "/admin/api/cms/templates"
	return append(list, inJSON(scoped([]*route{
		get(sections, portal(append(sectionParams(), "section"), listSections)), post(sections, portal(append(sectionParams(), "section"), createSection)),
		get(sections+"/{id}", inSection(getSection)), update(sections+"/{id}", inSection(updateSection)), remove(sections+"/{id}", inSection(deleteSection)),
		get(files, portal(append(fileParams(), "file"), listFiles)), post(files, portal(append(fileParams(), "file"), createFile)),
		get(files+"/{id}", inFile(getFile)), update(files+"/{id}", inFile(updateFile)), remove(files+"/{id}", inFile(deleteFile)),
		get(templates, onTemplates(listTemplates)), post(templates, onTemplates(createTemplate)),
		get(templates+"/{id}", inTemplate(getTemplate)), update(templates+"/{id}", inTemplate(updateTemplate)), remove(templates+"/{id}", inTemplate(deleteTemplate)),
		put(templates+"/{id}/publish", inTemplate(publishTemplate)),
	}, "cms", "account_management"))...)
}

func trafficRoutes() []*route {
	list := scoped([]*route{
		get("/stats/services/{id}/usage", serviceUsage(usageOf)), get("/stats/services/{id}/usage_response_code", serviceUsage(responseCodes)),
		get("/stats/applications/{id}/usage_response_code", applicationUsage(responseCodes)), get("/stats/services/{id}/top_applications", topApplications),
		get("/stats/applications/{id}/usage", applicationUsage(usageOf)), get("/stats/backend_apis/{id}/usage", backendUsage),
	}, "stats")
	gateway := []*route{
		get("/transactions/authorize", authorize(false, false)), get("/transactions/authrep", authorize(true, false)),
		get("/transactions/oauth_authorize", authorize(false, true)), get("/transactions/oauth_authrep", authorize(true, true)),
		post("/transactions", report),
	}
	for _, r := range gateway {
		r.open = true
	}
	return append(list, gateway...)
}

func masterRoutes() []*route {
	const all, one = "/master/api/providers", "/master/api/providers/{id}"
	list := inJSON([]*route{
		post(all, masterOnly(createTenant)), get(one, inTenant(getTenant)), update(one, inTenant(updateTenant)), remove(one, inTenant(deleteTenant)),
	})
	for _, r := range list {
		r.master = true
	}
	return list
}
