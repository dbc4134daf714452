import client, { body } from "./client";
import type { Alert, AlertAction, AlertPage, AlertQuery, EvidenceView } from "./types";

export function listAlerts(query: AlertQuery): Promise<AlertPage> {
  return body(client.GET("/api/v1/alerts", { params: { query } }));
}

export function readAlert(id: string): Promise<Alert> {
  return body(client.GET("/api/v1/alerts/{alert_id}", { params: { path: { alert_id: id } } }));
}

const ACTION_PATHS = {
  acknowledge: "/api/v1/alerts/{alert_id}/acknowledge",
  resolve: "/api/v1/alerts/{alert_id}/resolve",
  false: "/api/v1/alerts/{alert_id}/false",
} as const satisfies Record<AlertAction, string>;

export function act(id: string, action: AlertAction, note: string): Promise<Alert> {
  const params = { path: { alert_id: id } };
  return body(client.POST(ACTION_PATHS[action], { params, body: { note: note.trim() || null } }));
}

/** The picture; that it was looked at, by whom and when, is kept by the hub. */
export async function readEvidence(alertId: string, evidenceId: string): Promise<Blob> {
  const path = { alert_id: alertId, evidence_id: evidenceId };
  const answer = client.GET("/api/v1/alerts/{alert_id}/evidence/{evidence_id}", {
    params: { path },
    parseAs: "blob",
  });
  return (await answer).data as unknown as Blob;
}

export function listViews(id: string): Promise<EvidenceView[]> {
  const params = { path: { alert_id: id } };
  return body(client.GET("/api/v1/alerts/{alert_id}/views", { params }));
}
