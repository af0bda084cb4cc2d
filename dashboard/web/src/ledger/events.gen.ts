// Written by `python -P -m dashboard.typescript`; a test fails when it is stale.

/** Tests of a step stand; they fail on the base for the right reason. */
export interface AcceptanceWritten {
  readonly kind: "AcceptanceWritten";
  readonly run: string;
  readonly attempt: string;
  readonly step: string;
  readonly files: readonly LaidFile[];
  readonly tests: readonly string[];
  readonly why?: string;
  readonly gate?: string;
}

/** Something an agent or a tool outside Kaizen did. */
export interface ActionRecorded {
  readonly kind: "ActionRecorded";
  readonly agent: string;
  readonly action: string;
  readonly details?: { readonly [key: string]: string };
}

/** What a part of a run may spend on models; None means no limit of its own. */
export interface Allowance {
  readonly cost?: number | null;
  readonly tokens?: number | null;
  readonly calls?: number | null;
  readonly minutes?: number | null;
}

/** A call that waits for a person, or was answered. */
export interface ApprovalCard {
  readonly id: string;
  readonly position: number;
  readonly at: number;
  readonly run: string;
  readonly attempt: string;
  readonly role: string;
  readonly task: string;
  readonly tool: string;
  readonly arguments: string;
  readonly shown: string;
  readonly risk: "deliver" | "execute" | "network" | "read" | "write";
  readonly digest: string;
  readonly tree: string;
  readonly expires: number;
  readonly state: "denied" | "expired" | "granted" | "open" | "withdrawn";
  readonly by: string;
  readonly why: string;
  readonly whole_run: boolean;
  readonly edited: boolean;
  readonly answered_at: number | null;
}

/** A person refused a call, or nobody answered in time. */
export interface ApprovalDenied {
  readonly kind: "ApprovalDenied";
  readonly attempt: string;
  readonly approval: string;
  readonly digest: string;
  readonly by?: string;
  readonly why?: string;
}

/** A person allowed a call. */
export interface ApprovalGranted {
  readonly kind: "ApprovalGranted";
  readonly attempt: string;
  readonly approval: string;
  readonly by: string;
  readonly digest: string;
  readonly arguments: string;
  readonly whole_run?: boolean;
}

/** A tool call waits for a person; its attempt holds nothing meanwhile. */
export interface ApprovalRequested {
  readonly kind: "ApprovalRequested";
  readonly run: string;
  readonly attempt: string;
  readonly approval: string;
  readonly tool: string;
  readonly arguments: string;
  readonly shown: string;
  readonly risk: "deliver" | "execute" | "network" | "read" | "write";
  readonly digest: string;
  readonly tree: string;
  readonly expires: number;
}

/** Somebody allows a call that waits. */
export interface ApproveRequested {
  readonly kind: "ApproveRequested";
  readonly request: string;
  readonly approval: string;
  readonly digest: string;
  readonly arguments?: string;
  readonly whole_run?: boolean;
  readonly by?: string;
}

/** One try at a task, and its patch. */
export interface Attempt {
  readonly id: string;
  readonly run: string;
  readonly iteration: number;
  readonly task_id: string;
  readonly task: string;
  readonly kind: string;
  readonly gate: string;
  readonly role: string;
  readonly tries: number;
  readonly at: number;
  readonly changed_at: number;
  readonly state: "asked" | "cancelled" | "failed" | "gave_up" | "landed" | "landing" | "measuring" | "proposed" | "rejected" | "reported" | "working";
  readonly ended_at: number | null;
  readonly title: string;
  readonly technique: string;
  readonly tried: readonly Tried[];
  readonly files: readonly FileChange[];
  readonly diff: string;
  readonly notes: string;
  readonly fixes: readonly string[];
  readonly reasons: readonly Reason[];
  readonly why: string;
  readonly retry_at: number | null;
  readonly findings: number;
  readonly base: { readonly [key: string]: number | null };
  readonly measured: readonly Measured[];
  readonly score: number | null;
  readonly checkpoint: string;
  readonly undone: boolean;
  readonly plan_step: string;
  readonly steps: { readonly [key: string]: number };
  readonly brain: string;
  readonly model: string;
  readonly costs: Costs;
  readonly step: Step;
  readonly nudges: number;
  readonly approval: string;
  readonly partial: boolean;
  readonly spent: string;
}

/** The attempt is no longer owed: the run stopped, or its task was solved by another patch. */
export interface AttemptCancelled {
  readonly kind: "AttemptCancelled";
  readonly attempt: string;
  readonly why: string;
}

/** What an attempt has spent on models so far, all its calls together; the last one of an attempt counts. */
export interface AttemptCosted {
  readonly kind: "AttemptCosted";
  readonly attempt: string;
  readonly calls: number;
  readonly tokens: number;
  readonly cost: number;
  readonly unknown?: number;
  readonly seconds?: number;
}

/** The environment failed the attempt (crash, time-out); it is tried again while `retry_at` is set. */
export interface AttemptFailed {
  readonly kind: "AttemptFailed";
  readonly attempt: string;
  readonly why: string;
  readonly fingerprint?: string;
  readonly retry_at?: number | null;
}

/** An attempt ended without a patch: every technique that was asked answered no. */
export interface AttemptGaveUp {
  readonly kind: "AttemptGaveUp";
  readonly attempt: string;
  readonly why: string;
  readonly refused?: readonly string[];
  readonly more?: boolean;
  readonly spent?: string;
  readonly localised?: readonly Finding[];
  readonly answer?: string;
}

/** One try at a task was decided. */
export interface AttemptScheduled {
  readonly kind: "AttemptScheduled";
  readonly run: string;
  readonly iteration: number;
  readonly attempt: string;
  readonly task: string;
  readonly role: string;
  readonly base: string;
  readonly seed: number;
  readonly tries?: number;
  readonly skip?: readonly string[];
  readonly brain?: string;
  readonly model?: string;
}

/** All gates were measured on the tree the run starts from. */
export interface BaselineMeasured {
  readonly kind: "BaselineMeasured";
  readonly run: string;
  readonly tree: string;
  readonly readings: readonly Reading[];
  readonly score: number;
  readonly pack?: string;
}

/** A project at one position of its ledger, as people see it. */
export interface Board {
  readonly position: number;
  readonly at: number;
  readonly project: ProjectCard | null;
  readonly version: string;
  readonly sandbox: SandboxCard | null;
  readonly roles: readonly RoleCard[];
  readonly role_states: { readonly [key: string]: "paused" | "stopped" | "working" };
  readonly run: Run | null;
  readonly attempts: readonly Attempt[];
  readonly iterations: readonly Iteration[];
  readonly checkpoints: readonly Checkpoint[];
  readonly head_checkpoint: string;
  readonly head_commit: string;
  readonly errors: readonly ErrorCard[];
  readonly notices: readonly Notice[];
  readonly requests: readonly Request[];
  readonly rollback: Rollback | null;
  readonly approvals: readonly ApprovalCard[];
}

/** One new branch stands in the user's repository. */
export interface BranchDelivered {
  readonly kind: "BranchDelivered";
  readonly run: string;
  readonly ref: string;
  readonly commit: string;
}

/** All gates were measured on the branch as it stands, after it moved without a landing. */
export interface BranchMeasured {
  readonly kind: "BranchMeasured";
  readonly run: string;
  readonly tree: string;
  readonly readings: readonly Reading[];
  readonly score: number;
}

/** What a run may spend; None means no limit. */
export interface Budget {
  readonly iterations?: number | null;
  readonly minutes?: number | null;
  readonly cost?: number | null;
  readonly tokens?: number | null;
  readonly calls?: number | null;
  readonly unknown_price?: boolean;
  readonly per_iteration?: Allowance | null;
  readonly per_role?: Allowance | null;
  readonly per_task?: Allowance | null;
}

/** What a call to a model may take at worst does not fit into a budget any more. */
export interface BudgetExhausted {
  readonly kind: "BudgetExhausted";
  readonly run: string;
  readonly scope: "iteration" | "role" | "run" | "task";
  readonly what: string;
  readonly limit: number;
  readonly subject?: string;
}

/** One try of a model call failed; it is tried again while `retry_at` is set or `fallback` names another model. */
export interface CallFailed {
  readonly kind: "CallFailed";
  readonly attempt: string;
  readonly key: string;
  readonly model: string;
  readonly nth: number;
  readonly fault: string;
  readonly why: string;
  readonly retry_at?: number | null;
  readonly fallback?: string;
  readonly tokens?: number;
  readonly cost?: number | null;
}

/** A model call came back; stands in the attempt's stream. */
export interface CallFinished {
  readonly kind: "CallFinished";
  readonly attempt: string;
  readonly key: string;
  readonly model?: string;
  readonly request?: string;
  readonly answer?: string;
  readonly tokens_in?: number;
  readonly tokens_cached?: number;
  readonly tokens_out?: number;
  readonly cost?: number | null;
  readonly seconds?: number;
  readonly tokens_per_second?: number;
  readonly finish?: string;
  readonly source?: "cache" | "model" | "record";
}

/** A model call is about to be paid for; stands in the attempt's stream. */
export interface CallStarted {
  readonly kind: "CallStarted";
  readonly attempt: string;
  readonly key: string;
  readonly model: string;
  readonly purpose?: string;
  readonly request?: string;
  readonly follows?: string;
  readonly messages?: readonly string[];
  readonly tools?: string;
  readonly worst_tokens?: number;
  readonly worst_cost?: number | null;
}

/** A state of the branch one can roll back to. */
export interface Checkpoint {
  readonly id: string;
  readonly position: number;
  readonly at: number;
  readonly run: string;
  readonly commit: string;
  readonly tree: string;
  readonly title: string;
  readonly score: number | null;
  readonly gates: { readonly [key: string]: number | null };
  readonly attempt: string;
  readonly back_to: string;
  readonly current: boolean;
  readonly undone: boolean;
}

/** A state of the branch one can roll back to: the start of a run, a landing's result, or by request. */
export interface CheckpointCreated {
  readonly kind: "CheckpointCreated";
  readonly run: string;
  readonly checkpoint: string;
  readonly commit: string;
  readonly tree: string;
  readonly gates: { readonly [key: string]: number | null };
  readonly score: number;
  readonly title: string;
  readonly request?: string;
  readonly pack?: string;
}

/** Somebody asked for a checkpoint of the branch as it stands. */
export interface CheckpointRequested {
  readonly kind: "CheckpointRequested";
  readonly request: string;
  readonly title?: string;
  readonly by?: string;
}

/** A kept value was removed. */
export interface ContextDeleted {
  readonly kind: "ContextDeleted";
  readonly key: string;
  readonly session?: string;
  readonly request?: string;
  readonly by?: string;
}

/** A value was kept under a key, for agents and for those who ask them. */
export interface ContextSet {
  readonly kind: "ContextSet";
  readonly key: string;
  readonly value: string;
  readonly session?: string;
  readonly expires?: number | null;
  readonly request?: string;
  readonly by?: string;
}

/** The conversation was made shorter; the next call names all its messages anew. */
export interface ConversationCondensed {
  readonly kind: "ConversationCondensed";
  readonly attempt: string;
  readonly before: number;
  readonly after: number;
  readonly how: "cut" | "summary";
}

/** What the run will still spend on models, told at the start of an iteration; 80 of 100 ends lie in between. */
export interface CostForecast {
  readonly kind: "CostForecast";
  readonly run: string;
  readonly spent: number;
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** The costs of one role, model or task. */
export interface CostRow {
  readonly of: string;
  readonly title: string;
  readonly costs: Costs;
}

/** What calls to models took. */
export interface Costs {
  readonly calls: number;
  readonly replayed: number;
  readonly failed: number;
  readonly tokens_in: number;
  readonly tokens_cached: number;
  readonly tokens_out: number;
  readonly tokens_lost: number;
  readonly cost: number;
  readonly unpriced: number;
  readonly seconds: number;
}

/** The branch could not be added to the user's repository; it stays in the data home. */
export interface DeliveryFailed {
  readonly kind: "DeliveryFailed";
  readonly run: string;
  readonly why: string;
}

/** Somebody refuses a call that waits. */
export interface DenyRequested {
  readonly kind: "DenyRequested";
  readonly request: string;
  readonly approval: string;
  readonly why?: string;
  readonly by?: string;
}

/** A director took up the project, after a first start or a crash. */
export interface DirectorStarted {
  readonly kind: "DirectorStarted";
  readonly version: string;
  readonly sandbox: string;
  readonly sandboxed: boolean;
  readonly roles?: readonly RoleCard[];
  readonly resumed?: boolean;
}

/** What was tried against an error. */
export interface ErrorAttempt {
  readonly attempt: string;
  readonly technique: string;
  readonly title: string;
  readonly state: string;
}

/** An error that can be recognised again, and where it stands. */
export interface ErrorCard {
  readonly fingerprint: string;
  readonly exception: string;
  readonly message: string;
  readonly test: string;
  readonly path: string;
  readonly line: number;
  readonly function: string;
  readonly seen: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly state: "open" | "rejected" | "solved" | "undone";
  readonly attempts: readonly ErrorAttempt[];
}

/** A test failed in a way that can be recognised again. */
export interface ErrorSeen {
  readonly kind: "ErrorSeen";
  readonly run: string;
  readonly fingerprint: string;
  readonly exception: string;
  readonly message: string;
  readonly test: string;
  readonly path?: string;
  readonly line?: number;
  readonly function?: string;
  readonly trace?: string;
}

/** The researcher read what matters for the goal. */
export interface FactsGathered {
  readonly kind: "FactsGathered";
  readonly run: string;
  readonly attempt: string;
  readonly summary: string;
  readonly facts: string;
}

/** How much of one file a patch changes, in lines. */
export interface FileChange {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}

/** One thing a gate or an agent found, at one place. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
  readonly symbol?: string;
  readonly fingerprint?: string;
  readonly fixable?: boolean;
}

/** An agent reports what it found without a patch. */
export interface FindingsReported {
  readonly kind: "FindingsReported";
  readonly run: string;
  readonly attempt: string;
  readonly findings: readonly Finding[];
  readonly answer?: string;
}

/** A test that counts neither as passed nor as failed in the run. */
export interface FlakyTest {
  readonly test: string;
  readonly said: string;
  readonly at: number;
}

/** A test failed and passed on one and the same tree: in this run it counts neither as passed nor as failed. */
export interface FlakyTestQuarantined {
  readonly kind: "FlakyTestQuarantined";
  readonly run: string;
  readonly test: string;
  readonly said?: string;
  readonly tree?: string;
}

/** What the run will still spend, as it was told at the start of an iteration; 80 of 100 ends lie in between. */
export interface Forecast {
  readonly at: number;
  readonly spent: number;
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** One gate: what is asked, what it was, what it is. */
export interface GateCard {
  readonly name: string;
  readonly better: "higher" | "lower";
  readonly target: number;
  readonly tolerance: number;
  readonly unit: string;
  readonly ratchet: boolean;
  readonly before: number | null;
  readonly value: number | null;
  readonly met: boolean;
  readonly measured: boolean;
  readonly detail: string;
  readonly tool: string;
  readonly findings: number;
  readonly trend: readonly (number | null)[];
}

/** One row of a run's final table. */
export interface GateResult {
  readonly name: string;
  readonly target: number;
  readonly before: number | null;
  readonly after: number | null;
  readonly met: boolean;
}

/** What is asked of one gate in this run. */
export interface GateSpec {
  readonly name: string;
  readonly better: "higher" | "lower";
  readonly target: number;
  readonly tolerance: number;
  readonly ratchet?: boolean;
  readonly weight?: number;
  readonly unit?: string;
  readonly command?: readonly string[];
  readonly options?: { readonly [key: string]: string };
}

/** One turn: what was chosen and why, and what came of it. */
export interface Iteration {
  readonly run: string;
  readonly number: number;
  readonly tasks: readonly TaskCard[];
  readonly why: string;
  readonly started_at: number;
  readonly before: { readonly [key: string]: number | null };
  readonly state: "ended" | "working";
  readonly ended_at: number | null;
  readonly after: { readonly [key: string]: number | null };
  readonly landed: number;
  readonly rejected: number;
  readonly score: number | null;
  readonly cost: number;
  readonly tokens: number;
  readonly calls: number;
}

/** Every task of the iteration came to its end. */
export interface IterationEnded {
  readonly kind: "IterationEnded";
  readonly run: string;
  readonly iteration: number;
  readonly landed: number;
  readonly rejected: number;
  readonly score: number;
}

/** An iteration chose its tasks. */
export interface IterationStarted {
  readonly kind: "IterationStarted";
  readonly run: string;
  readonly iteration: number;
  readonly tasks: readonly Task[];
  readonly why: string;
}

/** An API key was made; only its hash is kept. */
export interface KeyCreated {
  readonly kind: "KeyCreated";
  readonly key: string;
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly expires?: number | null;
  readonly request?: string;
  readonly by?: string;
}

/** An API key is not valid any more. */
export interface KeyRevoked {
  readonly kind: "KeyRevoked";
  readonly key: string;
  readonly request?: string;
  readonly by?: string;
}

/** An API key was used; told once in a while, not each time. */
export interface KeyUsed {
  readonly kind: "KeyUsed";
  readonly key: string;
  readonly at: number;
}

/** A file that is laid into a tree before it is measured. */
export interface LaidFile {
  readonly path: string;
  readonly blob: string;
}

/** The patch is better and not worse; the commit follows from this event alone. */
export interface LandDecided {
  readonly kind: "LandDecided";
  readonly attempt: string;
  readonly checkpoint: string;
  readonly at: number;
  readonly parent: string;
  readonly tree: string;
  readonly message: string;
}

/** What was not done, why, and what would do it. */
export interface Left {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

/** What one gate measured on a patched tree. */
export interface Measured {
  readonly gate: string;
  readonly value: number | null;
  readonly detail: string;
  readonly findings: number;
}

/** One agent handed another what it found or made. */
export interface MessageSent {
  readonly kind: "MessageSent";
  readonly attempt: string;
  readonly sender: string;
  readonly recipient: string;
  readonly type: "error" | "result" | "status" | "task";
  readonly payload: string;
  readonly priority?: number;
  readonly correlation?: string;
}

/** A gate was met for the first time in a run, or all of them were. */
export interface MilestoneReached {
  readonly kind: "MilestoneReached";
  readonly run: string;
  readonly name: string;
}

/** Something a person should know that stops nothing. */
export interface Notice {
  readonly position: number;
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly level: "error" | "info" | "warning";
  readonly run: string;
}

/** Something a person should know that stops nothing. */
export interface NoticeRaised {
  readonly kind: "NoticeRaised";
  readonly code: string;
  readonly message: string;
  readonly level?: "error" | "info" | "warning";
  readonly run?: string;
  readonly subject?: string;
}

/** The attempt went round in circles and was told so. */
export interface NudgeGiven {
  readonly kind: "NudgeGiven";
  readonly attempt: string;
  readonly pattern: string;
  readonly told: string;
}

/** A model judged what no test can say. An opinion, never a reading. */
export interface OpinionGiven {
  readonly kind: "OpinionGiven";
  readonly run: string;
  readonly attempt: string;
  readonly step: string;
  readonly satisfied: boolean;
  readonly opinion: string;
  readonly model: string;
}

/** The patch is a commit on Kaizen's branch, and a checkpoint one can roll back to. */
export interface PatchLanded {
  readonly kind: "PatchLanded";
  readonly attempt: string;
  readonly checkpoint: string;
  readonly commit: string;
  readonly tree: string;
  readonly pack?: string;
  readonly solved?: readonly string[];
}

/** All gates were measured on the patched tree, in a clean place. */
export interface PatchMeasured {
  readonly kind: "PatchMeasured";
  readonly attempt: string;
  readonly base: string;
  readonly tree: string;
  readonly readings: readonly Reading[];
  readonly score: number;
  readonly objections?: readonly Reason[];
  readonly together?: readonly string[];
}

/** An attempt brought a patch. */
export interface PatchProposed {
  readonly kind: "PatchProposed";
  readonly attempt: string;
  readonly base: string;
  readonly tree: string;
  readonly technique: string;
  readonly title: string;
  readonly files: readonly FileChange[];
  readonly diff: string;
  readonly patch: string;
  readonly fixes?: readonly string[];
  readonly notes?: string;
  readonly partial?: boolean;
  readonly spent?: string;
  readonly answer?: string;
}

/** The patch was moved onto the branch as it stands now. */
export interface PatchRebased {
  readonly kind: "PatchRebased";
  readonly attempt: string;
  readonly base: string;
  readonly tree: string;
}

/** The patch was not landed. */
export interface PatchRejected {
  readonly kind: "PatchRejected";
  readonly attempt: string;
  readonly reasons: readonly Reason[];
}

/** The patch was put on those that wait before it; where nothing speaks against it, they are confirmed together. */
export interface PatchStacked {
  readonly kind: "PatchStacked";
  readonly attempt: string;
  readonly base: string;
  readonly on: string;
  readonly tree: string;
  readonly readings?: readonly Reading[];
  readonly score?: number;
  readonly alone?: string;
}

/** Patches that were measured together are not good together: fewer are measured, until it is clear which is not. */
export interface PatchesDoubted {
  readonly kind: "PatchesDoubted";
  readonly attempts: readonly string[];
  readonly base: string;
  readonly tree: string;
  readonly reasons: readonly Reason[];
}

/** Somebody asked the run to pause. */
export interface PauseRequested {
  readonly kind: "PauseRequested";
  readonly request: string;
  readonly by?: string;
}

/** One step of the plan, and how far it is. */
export interface PlanCard {
  readonly id: string;
  readonly title: string;
  readonly acceptance: string;
  readonly needs: readonly string[];
  readonly opinion: boolean;
  readonly state: "agreed" | "doubted" | "implemented" | "planned" | "written";
  readonly tests: number;
  readonly share: number | null;
  readonly why: string;
  readonly written_by: string;
  readonly landed: readonly string[];
  readonly said: string;
  readonly said_by: string;
}

/** The planner cut the goal into steps, each with what shows that it is done. */
export interface PlanMade {
  readonly kind: "PlanMade";
  readonly run: string;
  readonly attempt: string;
  readonly steps: readonly PlanStep[];
}

/** One step of a plan. */
export interface PlanStep {
  readonly id: string;
  readonly title: string;
  readonly acceptance: string;
  readonly needs?: readonly string[];
  readonly opinion?: boolean;
}

/** Which project this is. */
export interface ProjectCard {
  readonly project: string;
  readonly name: string;
  readonly repository: string;
  readonly prefix: string;
}

/** A project got its ledger. */
export interface ProjectOpened {
  readonly kind: "ProjectOpened";
  readonly project: string;
  readonly name: string;
  readonly repository: string;
  readonly prefix?: string;
}

/** What a gate measured on one tree. */
export interface Reading {
  readonly gate: string;
  readonly value: number | null;
  readonly detail?: string;
  readonly tool?: string;
  readonly findings?: readonly Finding[];
  readonly more?: number;
  readonly counts?: { readonly [key: string]: number };
  readonly seconds?: number;
  readonly blob?: string;
  readonly basis?: "" | "before" | "noise" | "reached";
}

/** Why a patch was rejected. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly gate?: string;
  readonly path?: string;
  readonly line?: number;
  readonly rule?: string;
}

/** What was asked from outside, and the answer. */
export interface Request {
  readonly id: string;
  readonly position: number;
  readonly at: number;
  readonly what: "approve" | "checkpoint" | "deny" | "pause" | "resume" | "role" | "rollback" | "run" | "stop" | "task" | "tool";
  readonly by: string;
  readonly checkpoint: string;
  readonly about: string;
  readonly state: "asked" | "honoured" | "refused";
  readonly answer: string;
  readonly answered_at: number | null;
}

/** A request was carried out. */
export interface RequestHonoured {
  readonly kind: "RequestHonoured";
  readonly request: string;
  readonly note?: string;
}

/** A request was not carried out. */
export interface RequestRefused {
  readonly kind: "RequestRefused";
  readonly request: string;
  readonly why: string;
}

/** Somebody asked a paused run to go on. */
export interface ResumeRequested {
  readonly kind: "ResumeRequested";
  readonly request: string;
  readonly by?: string;
}

/** What a role is, for people. */
export interface RoleCard {
  readonly name: string;
  readonly charge: string;
  readonly brain?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly needs?: readonly string[];
  readonly tools?: readonly string[];
  readonly aliases?: readonly string[];
  readonly available?: boolean;
  readonly why_not?: string;
}

/** A role works, pauses or was stopped. */
export interface RoleChanged {
  readonly kind: "RoleChanged";
  readonly role: string;
  readonly state: "paused" | "stopped" | "working";
}

/** Somebody wants a role to work, to pause, or to stop what it does. */
export interface RoleRequested {
  readonly kind: "RoleRequested";
  readonly request: string;
  readonly role: string;
  readonly what: "pause" | "start" | "stop";
  readonly by?: string;
}

/** A rollback that is decided and not yet done. */
export interface Rollback {
  readonly request: string;
  readonly checkpoint: string;
  readonly undone: readonly string[];
  readonly redone: readonly string[];
}

/** Going back to a checkpoint was decided; the commit follows from this event alone. */
export interface RollbackDecided {
  readonly kind: "RollbackDecided";
  readonly request: string;
  readonly checkpoint: string;
  readonly at: number;
  readonly parent: string;
  readonly tree: string;
  readonly undone: readonly string[];
  readonly redone?: readonly string[];
  readonly message?: string;
}

/** Somebody asked to go back to a checkpoint, having seen what it undoes. */
export interface RollbackRequested {
  readonly kind: "RollbackRequested";
  readonly request: string;
  readonly checkpoint: string;
  readonly head: string;
  readonly by?: string;
}

/** The branch has the checkpoint's tree again, byte for byte, as a new commit and a new checkpoint. */
export interface RolledBack {
  readonly kind: "RolledBack";
  readonly request: string;
  readonly checkpoint: string;
  readonly created: string;
  readonly commit: string;
  readonly tree: string;
}

/** The current run, or the last. */
export interface Run {
  readonly id: string;
  readonly state: "closing" | "completed" | "exhausted" | "failed" | "paused" | "running" | "stalled" | "stopped";
  readonly started_at: number;
  readonly commit: string;
  readonly branch: string;
  readonly budget: Budget;
  readonly parallel: number;
  readonly gates: readonly GateCard[];
  readonly why: string;
  readonly ended_at: number | null;
  readonly deliver: boolean;
  readonly delivered: string;
  readonly delivery_failed: string;
  readonly target: TargetCard | null;
  readonly iteration: number;
  readonly score: number | null;
  readonly baseline_score: number | null;
  readonly landed: number;
  readonly rejected: number;
  readonly left: readonly Left[];
  readonly cost: number;
  readonly seconds: number | null;
  readonly goal: string;
  readonly models: readonly string[];
  readonly costs: Costs;
  readonly by_role: readonly CostRow[];
  readonly by_model: readonly CostRow[];
  readonly by_task: readonly CostRow[];
  readonly spent: readonly SpentBudget[];
  readonly forecast: Forecast | null;
  readonly quarantined: readonly FlakyTest[];
  readonly facts: string;
  readonly plan: readonly PlanCard[];
}

/** The run's end is decided; what is still owed is the delivery. */
export interface RunClosing {
  readonly kind: "RunClosing";
  readonly run: string;
  readonly state: "completed" | "exhausted" | "failed" | "stalled" | "stopped";
  readonly why: string;
  readonly left?: readonly Left[];
}

/** What the run spent on models, counted in the streams of its attempts when all of them had come to rest. */
export interface RunCosted {
  readonly kind: "RunCosted";
  readonly run: string;
  readonly calls: number;
  readonly tokens: number;
  readonly cost: number;
  readonly unknown?: number;
}

/** The run came to its end. */
export interface RunEnded {
  readonly kind: "RunEnded";
  readonly run: string;
  readonly at: number;
  readonly state: "completed" | "exhausted" | "failed" | "stalled" | "stopped";
  readonly why: string;
  readonly gates: readonly GateResult[];
  readonly landed: number;
  readonly rejected: number;
  readonly left: readonly Left[];
  readonly cost: number;
  readonly seconds: number;
  readonly branch: string;
  readonly undelivered?: string;
}

/** No new work is begun until the run is resumed. */
export interface RunPaused {
  readonly kind: "RunPaused";
  readonly run: string;
}

/** Somebody asked for a run; stands in the home's or the project's requests. */
export interface RunRequested {
  readonly kind: "RunRequested";
  readonly request: string;
  readonly path: string;
  readonly options?: { readonly [key: string]: string };
  readonly by?: string;
}

/** Work goes on after a pause. */
export interface RunResumed {
  readonly kind: "RunResumed";
  readonly run: string;
}

/** A run began. */
export interface RunStarted {
  readonly kind: "RunStarted";
  readonly run: string;
  readonly at: number;
  readonly commit: string;
  readonly tree: string;
  readonly branch: string;
  readonly gates: readonly GateSpec[];
  readonly budget: Budget;
  readonly seed: number;
  readonly parallel: number;
  readonly deliver?: boolean;
  readonly settings?: { readonly [key: string]: string };
  readonly request?: string;
  readonly goal?: string;
  readonly models?: readonly string[];
  readonly asked?: string;
}

/** What commands of the target run in. */
export interface SandboxCard {
  readonly text: string;
  readonly sandboxed: boolean;
}

/** A conversation was removed with everything kept for it. */
export interface SessionDeleted {
  readonly kind: "SessionDeleted";
  readonly session: string;
  readonly request?: string;
  readonly by?: string;
}

/** A budget that does not hold another call. */
export interface SpentBudget {
  readonly at: number;
  readonly scope: string;
  readonly subject: string;
  readonly what: string;
  readonly limit: number;
}

/** What an attempt that thinks with a model came to last. */
export interface Step {
  readonly number: number;
  readonly key: string;
  readonly doing: "" | "answered" | "asks" | "condensed" | "faulted" | "missed" | "nudged" | "refused" | "used" | "uses";
  readonly name: string;
  readonly at: number;
  readonly until: number | null;
}

/** Somebody asked the run to stop. */
export interface StopRequested {
  readonly kind: "StopRequested";
  readonly request: string;
  readonly by?: string;
}

/** The interpreter the target runs with. */
export interface TargetCard {
  readonly python: string;
  readonly source: string;
  readonly packages: number;
  readonly missing: readonly string[];
}

/** The target's interpreter and dependencies are ready. */
export interface TargetPrepared {
  readonly kind: "TargetPrepared";
  readonly run: string;
  readonly python: string;
  readonly source: "base" | "existing" | "made";
  readonly packages?: number;
  readonly missing?: readonly string[];
  readonly seconds?: number;
}

/** What should be better. */
export interface Task {
  readonly id: string;
  readonly kind: "acceptance" | "asked" | "dead_code" | "failing_test" | "findings" | "implement" | "lint" | "opinion" | "plan" | "research" | "structure" | "uncovered";
  readonly gate: string;
  readonly role: string;
  readonly title: string;
  readonly targets?: readonly string[];
  readonly fingerprint?: string;
  readonly digest?: string;
  readonly promise?: number;
  readonly cost?: number;
}

/** What came of a piece of work that was asked for. */
export interface TaskAnswered {
  readonly kind: "TaskAnswered";
  readonly request: string;
  readonly state: "done" | "failed";
  readonly run: string;
  readonly attempt?: string;
  readonly text?: string;
  readonly why?: string;
}

/** One task an iteration chose. */
export interface TaskCard {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly gate: string;
  readonly role: string;
  readonly fingerprint: string;
  readonly step: string;
}

/** Somebody asks a role for one piece of work, run or no run. */
export interface TaskRequested {
  readonly kind: "TaskRequested";
  readonly request: string;
  readonly role: string;
  readonly text: string;
  readonly apply?: "land" | "none" | "propose";
  readonly metadata?: { readonly [key: string]: string };
  readonly session?: string;
  readonly by?: string;
}

/** The director took up a piece of work that was asked for; it is answered when it is done. */
export interface TaskTaken {
  readonly kind: "TaskTaken";
  readonly request: string;
  readonly role: string;
  readonly text: string;
  readonly apply?: "land" | "none" | "propose";
  readonly metadata?: { readonly [key: string]: string };
}

/** A technique gave its answer; stands in the attempt's stream. */
export interface TechniqueTried {
  readonly kind: "TechniqueTried";
  readonly attempt: string;
  readonly technique: string;
  readonly answer: "findings" | "no" | "patch";
  readonly why?: string;
  readonly seconds?: number;
  readonly counts?: { readonly [key: string]: number };
}

/** What came of a tool that was asked for; what it changed in its throw-away copy is gone. */
export interface ToolAnswered {
  readonly kind: "ToolAnswered";
  readonly request: string;
  readonly success: boolean;
  readonly risk?: "deliver" | "execute" | "network" | "read" | "write" | null;
  readonly summary?: string;
  readonly result?: string;
  readonly facts?: string;
  readonly seconds?: number;
}

/** The model asked for a tool; stands in the attempt's stream. */
export interface ToolAsked {
  readonly kind: "ToolAsked";
  readonly attempt: string;
  readonly key: string;
  readonly tool: string;
  readonly arguments?: string;
  readonly risk?: "deliver" | "execute" | "network" | "read" | "write" | null;
  readonly waits?: boolean;
}

/** What a tool is, for people and for those who ask for it. */
export interface ToolCard {
  readonly name: string;
  readonly description: string;
  readonly parameters: string;
  readonly risk?: "deliver" | "execute" | "network" | "read" | "write" | null;
}

/** A tool call ended; stands in the attempt's stream. */
export interface ToolFinished {
  readonly kind: "ToolFinished";
  readonly attempt: string;
  readonly key: string;
  readonly tool: string;
  readonly success: boolean;
  readonly tree?: string;
  readonly summary?: string;
  readonly result?: string;
  readonly seconds?: number;
  readonly counts?: { readonly [key: string]: number };
}

/** Somebody wants one tool to be used, in a throw-away copy of the branch as it stands. */
export interface ToolRequested {
  readonly kind: "ToolRequested";
  readonly request: string;
  readonly tool: string;
  readonly arguments: string;
  readonly by?: string;
}

/** A stage before the tool refused the call; nothing was done. */
export interface ToolVetoed {
  readonly kind: "ToolVetoed";
  readonly attempt: string;
  readonly key: string;
  readonly tool: string;
  readonly stage: "approval" | "policy" | "repeated" | "schema";
  readonly why: string;
}

/** The tools there are at this start, for people and for those who ask for one by request. */
export interface ToolsOffered {
  readonly kind: "ToolsOffered";
  readonly tools: readonly ToolCard[];
}

/** What one technique answered. */
export interface Tried {
  readonly technique: string;
  readonly answer: string;
  readonly why: string;
  readonly seconds: number;
}

export type AnyEvent =
  | ProjectOpened
  | DirectorStarted
  | NoticeRaised
  | RunStarted
  | TargetPrepared
  | BaselineMeasured
  | BranchMeasured
  | ErrorSeen
  | FlakyTestQuarantined
  | IterationStarted
  | IterationEnded
  | BudgetExhausted
  | RunPaused
  | RunResumed
  | RunClosing
  | BranchDelivered
  | DeliveryFailed
  | CostForecast
  | RunCosted
  | RunEnded
  | FactsGathered
  | PlanMade
  | AcceptanceWritten
  | OpinionGiven
  | AttemptScheduled
  | TechniqueTried
  | FindingsReported
  | PatchProposed
  | AttemptGaveUp
  | AttemptFailed
  | AttemptCancelled
  | AttemptCosted
  | PatchRebased
  | PatchStacked
  | PatchMeasured
  | PatchesDoubted
  | LandDecided
  | PatchLanded
  | PatchRejected
  | CallStarted
  | CallFinished
  | CallFailed
  | ToolAsked
  | ToolVetoed
  | ToolFinished
  | NudgeGiven
  | ConversationCondensed
  | MessageSent
  | ApprovalRequested
  | ApprovalGranted
  | ApprovalDenied
  | CheckpointCreated
  | RollbackDecided
  | RolledBack
  | ActionRecorded
  | MilestoneReached
  | RunRequested
  | StopRequested
  | PauseRequested
  | ResumeRequested
  | CheckpointRequested
  | RollbackRequested
  | ApproveRequested
  | DenyRequested
  | TaskRequested
  | TaskTaken
  | TaskAnswered
  | ToolsOffered
  | ToolRequested
  | ToolAnswered
  | RoleRequested
  | RoleChanged
  | ContextSet
  | ContextDeleted
  | SessionDeleted
  | KeyCreated
  | KeyUsed
  | KeyRevoked
  | RequestHonoured
  | RequestRefused;

export type Kind = AnyEvent["kind"];

/** What each kind of event means. */
export const KINDS: { readonly [kind in Kind]: string } = {
  ProjectOpened: "A project got its ledger.",
  DirectorStarted: "A director took up the project, after a first start or a crash.",
  NoticeRaised: "Something a person should know that stops nothing.",
  RunStarted: "A run began.",
  TargetPrepared: "The target's interpreter and dependencies are ready.",
  BaselineMeasured: "All gates were measured on the tree the run starts from.",
  BranchMeasured: "All gates were measured on the branch as it stands, after it moved without a landing.",
  ErrorSeen: "A test failed in a way that can be recognised again.",
  FlakyTestQuarantined: "A test failed and passed on one and the same tree: in this run it counts neither as passed nor as failed.",
  IterationStarted: "An iteration chose its tasks.",
  IterationEnded: "Every task of the iteration came to its end.",
  BudgetExhausted: "What a call to a model may take at worst does not fit into a budget any more.",
  RunPaused: "No new work is begun until the run is resumed.",
  RunResumed: "Work goes on after a pause.",
  RunClosing: "The run's end is decided; what is still owed is the delivery.",
  BranchDelivered: "One new branch stands in the user's repository.",
  DeliveryFailed: "The branch could not be added to the user's repository; it stays in the data home.",
  CostForecast: "What the run will still spend on models, told at the start of an iteration; 80 of 100 ends lie in between.",
  RunCosted: "What the run spent on models, counted in the streams of its attempts when all of them had come to rest.",
  RunEnded: "The run came to its end.",
  FactsGathered: "The researcher read what matters for the goal.",
  PlanMade: "The planner cut the goal into steps, each with what shows that it is done.",
  AcceptanceWritten: "Tests of a step stand; they fail on the base for the right reason.",
  OpinionGiven: "A model judged what no test can say. An opinion, never a reading.",
  AttemptScheduled: "One try at a task was decided.",
  TechniqueTried: "A technique gave its answer; stands in the attempt's stream.",
  FindingsReported: "An agent reports what it found without a patch.",
  PatchProposed: "An attempt brought a patch.",
  AttemptGaveUp: "An attempt ended without a patch: every technique that was asked answered no.",
  AttemptFailed: "The environment failed the attempt (crash, time-out); it is tried again while `retry_at` is set.",
  AttemptCancelled: "The attempt is no longer owed: the run stopped, or its task was solved by another patch.",
  AttemptCosted: "What an attempt has spent on models so far, all its calls together; the last one of an attempt counts.",
  PatchRebased: "The patch was moved onto the branch as it stands now.",
  PatchStacked: "The patch was put on those that wait before it; where nothing speaks against it, they are confirmed together.",
  PatchMeasured: "All gates were measured on the patched tree, in a clean place.",
  PatchesDoubted: "Patches that were measured together are not good together: fewer are measured, until it is clear which is not.",
  LandDecided: "The patch is better and not worse; the commit follows from this event alone.",
  PatchLanded: "The patch is a commit on Kaizen's branch, and a checkpoint one can roll back to.",
  PatchRejected: "The patch was not landed.",
  CallStarted: "A model call is about to be paid for; stands in the attempt's stream.",
  CallFinished: "A model call came back; stands in the attempt's stream.",
  CallFailed: "One try of a model call failed; it is tried again while `retry_at` is set or `fallback` names another model.",
  ToolAsked: "The model asked for a tool; stands in the attempt's stream.",
  ToolVetoed: "A stage before the tool refused the call; nothing was done.",
  ToolFinished: "A tool call ended; stands in the attempt's stream.",
  NudgeGiven: "The attempt went round in circles and was told so.",
  ConversationCondensed: "The conversation was made shorter; the next call names all its messages anew.",
  MessageSent: "One agent handed another what it found or made.",
  ApprovalRequested: "A tool call waits for a person; its attempt holds nothing meanwhile.",
  ApprovalGranted: "A person allowed a call.",
  ApprovalDenied: "A person refused a call, or nobody answered in time.",
  CheckpointCreated: "A state of the branch one can roll back to: the start of a run, a landing's result, or by request.",
  RollbackDecided: "Going back to a checkpoint was decided; the commit follows from this event alone.",
  RolledBack: "The branch has the checkpoint's tree again, byte for byte, as a new commit and a new checkpoint.",
  ActionRecorded: "Something an agent or a tool outside Kaizen did.",
  MilestoneReached: "A gate was met for the first time in a run, or all of them were.",
  RunRequested: "Somebody asked for a run; stands in the home's or the project's requests.",
  StopRequested: "Somebody asked the run to stop.",
  PauseRequested: "Somebody asked the run to pause.",
  ResumeRequested: "Somebody asked a paused run to go on.",
  CheckpointRequested: "Somebody asked for a checkpoint of the branch as it stands.",
  RollbackRequested: "Somebody asked to go back to a checkpoint, having seen what it undoes.",
  ApproveRequested: "Somebody allows a call that waits.",
  DenyRequested: "Somebody refuses a call that waits.",
  TaskRequested: "Somebody asks a role for one piece of work, run or no run.",
  TaskTaken: "The director took up a piece of work that was asked for; it is answered when it is done.",
  TaskAnswered: "What came of a piece of work that was asked for.",
  ToolsOffered: "The tools there are at this start, for people and for those who ask for one by request.",
  ToolRequested: "Somebody wants one tool to be used, in a throw-away copy of the branch as it stands.",
  ToolAnswered: "What came of a tool that was asked for; what it changed in its throw-away copy is gone.",
  RoleRequested: "Somebody wants a role to work, to pause, or to stop what it does.",
  RoleChanged: "A role works, pauses or was stopped.",
  ContextSet: "A value was kept under a key, for agents and for those who ask them.",
  ContextDeleted: "A kept value was removed.",
  SessionDeleted: "A conversation was removed with everything kept for it.",
  KeyCreated: "An API key was made; only its hash is kept.",
  KeyUsed: "An API key was used; told once in a while, not each time.",
  KeyRevoked: "An API key is not valid any more.",
  RequestHonoured: "A request was carried out.",
  RequestRefused: "A request was not carried out.",
};

/** How much the board keeps. */
export const KEPT = {
  ENDED_ATTEMPTS: 100,
  ITERATIONS: 100,
  CHECKPOINTS: 200,
  ERRORS: 50,
  NOTICES: 50,
  QUARANTINED: 20,
  REQUESTS_KEPT: 20,
  TRIED: 20,
  PLAN_STEPS: 30,
  APPROVALS: 40,
  ANSWERED: 20,
  COST_ROWS: 16,
  BUDGETS_SPENT: 20,
  ROLES_KEPT: 30,
  TEXT: 240,
  NOTES: 2000,
} as const;

/** The states of an open attempt. */
export const WORKING: ReadonlySet<string> = new Set(["asked", "landing", "measuring", "proposed", "working"]);
