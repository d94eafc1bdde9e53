import { HONEST_JOBS, serveJobs } from "./worker";

serveJobs(HONEST_JOBS);
